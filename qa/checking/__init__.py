"""Every quotation and citation of a draft, looked up."""
