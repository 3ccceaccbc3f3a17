"""What the programme brings in. The room stands; its figures come with the operator's desk."""
