"""What the server answers, as data: the OpenAPI document, one file for each noun of HTTP."""
