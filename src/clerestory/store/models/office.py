"""What the office is bound to: one row, written when it is founded."""

from django.db import models

from clerestory.store.columns import PUBLIC


class OfficeRow(models.Model):
    """The office whose database this is. No command takes another agency, law, log or calendar."""

    one = models.PositiveSmallIntegerField(primary_key=True, default=1, db_comment=PUBLIC)
    origin = models.TextField(db_comment=PUBLIC)
    profile = models.TextField(db_comment=PUBLIC)
    jurisdiction = models.TextField(db_comment=PUBLIC)
    packs = models.TextField(db_comment=PUBLIC)
    zone = models.TextField(db_comment=PUBLIC)
    made_up = models.BooleanField(db_comment=PUBLIC)
    log_vkey = models.TextField(db_comment=PUBLIC)
    founding = models.CharField(max_length=64, db_comment=PUBLIC)

    class Meta:
        """What must always hold."""

        constraints = (models.CheckConstraint(condition=models.Q(one=1), name="one_office"),)
