// Swagger UI on this service's own description; nothing is fetched from elsewhere.
'use strict';
window.SwaggerUIBundle({
  url: 'openapi.yml',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  tryItOutEnabled: true,
});
