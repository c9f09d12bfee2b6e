"""What a refusal says."""

from models.records.errors import TOO_LONG, Problem, Refused


def test_a_problem_fills_in_what_it_speaks_of() -> None:
    assert str(Problem(TOO_LONG, "name", {"limit": 40})) == "Dài quá 40 ký tự."


def test_a_sentence_without_places_may_hold_a_percent_sign() -> None:
    assert str(Problem("phải bằng 100 %")) == "phải bằng 100 %"


def test_a_refusal_says_all_its_problems() -> None:
    refused = Refused([Problem("Một."), Problem("Hai.")])
    assert str(refused) == "Một. Hai."
    assert len(refused.problems) == 2
