// The service worker of the till's page: what the page is made of is there without a network, too.

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
