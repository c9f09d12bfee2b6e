"""The office's own particulars."""

from sqlalchemy.orm import Session

from models import Office, Signer
from tests.models.builders import build, save


def test_signers_stand_in_their_order_and_go_with_the_office(session: Session) -> None:
    office = save(session, Office, signers=[Signer(post="Phó Chủ tịch", place=2), Signer(post="Chủ tịch", place=1)])
    session.expire(office)
    assert [signer.post for signer in office.signers] == ["Chủ tịch", "Phó Chủ tịch"]
    session.delete(office)
    session.flush()
    assert session.query(Signer).count() == 0


def test_an_office_reads_as_its_name(session: Session) -> None:
    assert str(build(Office, agency="Ủy ban MTTQ Việt Nam tỉnh")) == "Ủy ban MTTQ Việt Nam tỉnh"
