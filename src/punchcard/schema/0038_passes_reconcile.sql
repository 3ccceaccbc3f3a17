create index google_object_linked on google_object (linked_at) where linked_at > looked_at;
