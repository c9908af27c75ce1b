"""A Spark that starts quietly, keeps to this machine where it is local, and is gone at the end.

Spark is an optional part: nothing of it is imported until a session is asked for.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from clerestory.audit.replay.spark import SparkFault, failed, spark_errors

_LOOPBACK = "127.0.0.1"
# So many rows go to Python at a time; each such batch is answered and counted by itself.
_BATCH_ROWS = 50_000


@contextmanager
def spark_session(master: str, work: Path) -> Iterator[Any]:
    """Start Spark, and stop it with its Java program at the end.

    Args:
        master: Where it runs: ``local[2]`` is two threads of this machine, or a cluster's address.
        work: Folder for its log and, while it runs, for what does not fit into memory.

    Raises:
        SparkFault: A part is missing, or it does not start.
    """
    _check_parts()
    work.mkdir(parents=True, exist_ok=True)
    spill = work / "spark-spill"
    local = master.startswith("local")
    try:
        with _environment(local=local), (work / "spark.log").open("wb") as log:
            gateway, session = _start(_settings(master, spill, local=local), log, work)
            try:
                yield session
            finally:
                _stop(gateway, session)
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _check_parts() -> None:
    if find_spec("pyspark") is None or find_spec("pandas") is None:
        raise SparkFault(
            "the packages pyspark and pandas are not both installed",
            code="spark-missing",
            todo="install the extra part called spark, or take --engine local",
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise SparkFault(
            "no java is found, on which Spark runs",
            code="spark-missing",
            todo="install java 17 or newer, such as the package default-jre-headless",
        )


def _settings(master: str, spill: Path, *, local: bool) -> Mapping[str, str]:
    settings = {
        "spark.app.name": "clerestory",
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(spill.absolute() / "tables"),
        "spark.local.dir": str(spill.absolute()),
        "spark.log.level": "WARN",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
        # Rows of codes take few bytes, so that parts bounded by bytes would be few.
        "spark.sql.files.minPartitionNum": "16",
        "spark.sql.files.openCostInBytes": "65536",
        # Above so many columns Spark would go row by row.
        "spark.sql.codegen.maxFields": "1000",
        # The batches' results come to one place, and each is bounded by its rows.
        "spark.driver.maxResultSize": "0",
    }
    if local:
        settings |= {
            "spark.driver.bindAddress": _LOOPBACK,
            "spark.driver.host": _LOOPBACK,
            "spark.driver.memory": "2g",
            "spark.sql.shuffle.partitions": "16",
        }
    return settings


def _start(settings: Mapping[str, str], log: Any, work: Path) -> tuple[Any, Any]:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    try:
        gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
    except spark_errors() as fault:
        raise failed(work) from fault
    try:
        SparkContext(
            conf=SparkConf(_jvm=gateway.jvm).setAll(list(settings.items())), gateway=gateway
        )
        return gateway, SparkSession.builder.getOrCreate()
    except Exception:
        _stop(gateway, None)
        raise


def _stop(gateway: Any, session: Any) -> None:
    from pyspark import SparkContext

    try:
        if session is not None:
            session.stop()
    finally:
        gateway.shutdown()
        # The Java program ends when its input does.
        gateway.proc.stdin.close()
        gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None


@contextmanager
def _environment(*, local: bool) -> Iterator[None]:
    """Set what Spark reads from the environment, and set it back."""
    # Its workers run this Python, and import nothing from the folder they are started in.
    wanted = {"PYSPARK_PYTHON": sys.executable, "PYTHONSAFEPATH": "1"}
    if local:
        wanted["SPARK_LOCAL_IP"] = _LOOPBACK
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
