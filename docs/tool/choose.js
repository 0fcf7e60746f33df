// Who comes to the folder itself is led to their language.
location.replace(navigator.language.startsWith("zh") ? "zh/index.html" : "en/index.html");
