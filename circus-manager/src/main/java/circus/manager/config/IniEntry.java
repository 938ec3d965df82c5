package circus.manager.config;

/** One option of an ini file: its value is without comments, continuation lines are joined by newlines. */
record IniEntry(String key, String value, Place place) {}
