// Shows the document with Swagger UI. The key that somebody types stays in this tab's memory.

const place = document.getElementById('docs')

const SETTINGS = {
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null, // it would send the document to somebody else
  queryConfigEnabled: false, // an address may not point the page at another document
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout'
}

// The library has a dark theme of its own, behind a class; ours follows the device.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

window.SwaggerUIBundle(SETTINGS)
