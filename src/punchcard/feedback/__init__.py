"""What members say of a visit. The room stands; a review is an activity in the rulebook until it has words of its own."""
