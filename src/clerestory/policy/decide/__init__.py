"""One demand decided: stages, duties, and what people may lower."""
