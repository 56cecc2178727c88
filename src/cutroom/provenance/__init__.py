"""Where a result comes from, said in the file itself and signed: C2PA manifests, made and read."""
