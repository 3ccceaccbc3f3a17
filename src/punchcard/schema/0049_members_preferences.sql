alter table member
    add column languages text[] not null default '{}' check (languages <@ array['en', 'he', 'ar', 'ru']),
    add column muted text[] not null default '{}' check (cardinality(muted) <= 50);
comment on table member is 'Who is in the programme, without personal data: language, zone, the code on the card, consents by purpose, quiet hours in minutes of the local day; the languages messages may come in, the best first (none: the one language), and the topics of which none shall come.';
