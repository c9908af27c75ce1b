"""The acts: who did what in which place of which chain, and by which entry of the log.

What an act binds beside that is kept once, encrypted, behind its entry. A statement is put
together from both and proved by its signature.
"""

from django.db import models

from clerestory.store.columns import MATTER, STAFF
from clerestory.store.models.matters import MatterRow
from clerestory.store.models.people import MemberRow


class ActRow(models.Model):
    """One act. A trigger of the database keeps it from being changed or taken away.

    ``chain`` is the matter's id, or ``office``. ``key`` names what the act does once: a second
    act with the same key is the same act, done again. ``state`` is where it led.
    """

    chain = models.CharField(max_length=64, db_comment=MATTER)
    position = models.PositiveIntegerField(db_comment=MATTER)
    act = models.CharField(max_length=32, db_comment=MATTER)
    state = models.CharField(max_length=16, db_comment=MATTER)
    actor = models.CharField(max_length=64, db_comment=STAFF)
    on = models.DateField(db_comment=MATTER)
    key = models.CharField(max_length=64, unique=True, db_comment=MATTER)
    previous = models.CharField(max_length=64, db_comment=MATTER)
    digest = models.CharField(max_length=64, unique=True, db_comment=MATTER)
    signatures = models.BinaryField(db_comment=STAFF)
    entry = models.BigIntegerField(unique=True, db_comment=MATTER)

    class Meta:
        """What must always hold."""

        constraints = (
            models.UniqueConstraint(fields=("chain", "position"), name="one_act_a_position"),
            models.UniqueConstraint(fields=("chain", "previous"), name="one_act_after_another"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="positions_from_one"),
        )
        indexes = (models.Index(fields=("on",), name="act_by_day"),)


class VoteRow(models.Model):
    """Who let which answer stand. One person votes once in a round.

    A round is the matter's since the position of the act that began it: a decision, or what made
    the votes before it void.
    """

    act = models.OneToOneField(ActRow, on_delete=models.PROTECT, primary_key=True,
                               db_comment=MATTER)  # fmt: skip
    matter = models.ForeignKey(MatterRow, on_delete=models.PROTECT, db_comment=MATTER)
    round = models.PositiveIntegerField(db_comment=MATTER)
    decision = models.CharField(max_length=64, db_comment=MATTER)
    voter = models.ForeignKey(MemberRow, on_delete=models.PROTECT, db_comment=STAFF)

    class Meta:
        """What must always hold."""

        constraints = (
            models.UniqueConstraint(fields=("matter", "round", "voter"), name="one_vote_a_person"),
        )
