"""How sources are cited: pincites, styles, what *Ibid.* stands for."""
