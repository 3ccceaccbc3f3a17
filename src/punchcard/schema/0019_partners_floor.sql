alter table shop
    add column floor_limit bigint not null default 2000 check (floor_limit >= 0),
    add column latitude double precision check (latitude between -90 and 90),
    add column longitude double precision check (longitude between -180 and 180),
    add constraint shop_place_is_whole check ((latitude is null) = (longitude is null));
comment on column shop.floor_limit is 'Minor units: so much may be spent by a code that can be copied; 0 is nothing.';
comment on column shop.latitude is 'Degrees, with longitude; both empty where the place is not known.';
