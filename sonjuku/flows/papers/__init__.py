"""A call's twins on paper. Official papers are Japanese, whatever language the desk reads."""
