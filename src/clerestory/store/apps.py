"""The room as Django knows it."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Names the room's tables ``store_...``."""

    name = "clerestory.store"
    label = "store"
    verbose_name = "The tables of an office"
