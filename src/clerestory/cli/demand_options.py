"""What the commands that decide a demand share."""

import click

lower_option = click.option(
    "--lower",
    multiple=True,
    metavar="REF=ANSWER",
    help="Lower an answer, such as S1.address=withhold or =refer_to_counsel; never raise one.",
)
changed_option = click.option(
    "--changed",
    multiple=True,
    metavar="FACT",
    help="What changed since an earlier answer, such as findings.part2_order, or law.",
)
