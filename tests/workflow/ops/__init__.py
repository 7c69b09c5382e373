"""Operations: workflow."""
