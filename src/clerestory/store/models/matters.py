"""Where each matter stands, and the papers in it."""

from django.db import models

from clerestory.store.columns import MATTER, SEALED


class MatterRow(models.Model):
    """One matter: a number, a state, and its last act. What it is about stands in no column."""

    id = models.CharField(primary_key=True, max_length=64, db_comment=MATTER)
    number = models.PositiveIntegerField(unique=True, db_comment=MATTER)
    state = models.CharField(max_length=16, db_comment=MATTER)
    site = models.TextField(db_comment=MATTER)
    received_on = models.DateField(db_comment=MATTER)

    class Meta:
        """What must always hold."""

        constraints = (
            models.CheckConstraint(condition=models.Q(number__gte=1), name="numbers_from_one"),
            models.CheckConstraint(
                condition=~models.Q(id="office"), name="no_matter_is_called_office"
            ),
        )


class PaperRow(models.Model):
    """What came in with an act, as it came, sealed under the key of its matter."""

    matter = models.ForeignKey(MatterRow, on_delete=models.PROTECT, db_comment=MATTER)
    position = models.PositiveIntegerField(db_comment=MATTER)
    digest = models.CharField(max_length=64, db_comment=MATTER)
    content = models.BinaryField(db_comment=SEALED)

    class Meta:
        """What must always hold."""

        constraints = (
            models.UniqueConstraint(fields=("matter", "position"), name="one_paper_an_act"),
        )
