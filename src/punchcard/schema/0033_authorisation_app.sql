alter table spending_trail drop constraint spending_trail_proof_check,
    add constraint spending_trail_proof_check check (proof in ('static', 'rotating', 'tap', 'app'));
