"""Operations: api."""
