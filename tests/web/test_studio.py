"""The studio as a writer without JavaScript gets it: every form, and every refusal."""
