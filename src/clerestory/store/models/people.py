"""Who is in the office, as its acts say: a copy for asking, made anew from the acts at any time."""

from django.db import models

from clerestory.store.columns import SEALED, STAFF


class MemberRow(models.Model):
    """One person or job. The name is sealed under the key of the office's own acts."""

    id = models.CharField(primary_key=True, max_length=64, db_comment=STAFF)
    kind = models.CharField(max_length=6, db_comment=STAFF)
    acts = models.TextField(db_comment=STAFF)
    trained_to = models.DateField(null=True, db_comment=STAFF)
    has_left = models.BooleanField(default=False, db_comment=STAFF)
    name = models.BinaryField(null=True, db_comment=SEALED)

    class Meta:
        """What must always hold."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("person", "job")), name="member_is_person_or_job"
            ),
        )


class PostRow(models.Model):
    """Roles that somebody holds for some days, for all sites or for one."""

    member = models.ForeignKey(MemberRow, on_delete=models.PROTECT, db_comment=STAFF)
    roles = models.TextField(db_comment=STAFF)
    site = models.TextField(db_comment=STAFF)
    valid_from = models.DateField(db_comment=STAFF)
    valid_to = models.DateField(null=True, db_comment=STAFF)

    class Meta:
        """What must always hold."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="post_ends_after_it_begins",
            ),
        )


class KeyRow(models.Model):
    """A public key that is or was somebody's. None is ever given to a second person."""

    hash = models.CharField(primary_key=True, max_length=64, db_comment=STAFF)
    member = models.ForeignKey(MemberRow, on_delete=models.PROTECT, db_comment=STAFF)
    vkey = models.TextField(db_comment=STAFF)
    retired = models.BooleanField(default=False, db_comment=STAFF)

    class Meta:
        """What must always hold."""

        constraints = (
            models.UniqueConstraint(
                fields=("member",), condition=models.Q(retired=False), name="one_key_a_member"
            ),
        )
