"""Who is measured: one file per library, and the bare drivers."""
