import(document.currentScript.src.replace(/[^/]*$/,"auto.js"));
