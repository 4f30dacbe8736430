"""`stoa seed`: the demo site, imported like any other."""

from pathlib import Path
from typing import Annotated

import typer


def seed(
    data_dir: Annotated[
        Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers and of media.")
    ] = None,
) -> None:
    """Fill in the demo site. A second time changes nothing; what was edited since stays."""
    import stoa
    from stoa.cli.import_ import import_survey
    from stoa.modules.content.importing.choices import Choices
    from stoa.modules.content.importing.progress import Silence
    from stoa.modules.content.importing.registry import importer_for
    from stoa.modules.content.importing.report import Report

    folder = Path(stoa.__file__).parent / "demo"
    with importer_for(folder) as importer:
        survey = importer.survey(Silence())
        choices = Choices("stoa demo", author=None, status="published", is_trial=False)
        with Report(None) as report:
            import_survey(importer, survey, choices, report, progress=Silence(), data_dir=data_dir)
    print(f"Demo site: {report.summary}.")
