"""Operations: admin."""
