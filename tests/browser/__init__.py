"""Pages as a browser shows them: headless Chromium, with every answer taken from the app in this process."""
