"""`stoa user`: accounts, for whoever has the machine. The same services, rules and audit rows as the API's."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stoa.cli.all_rights import act_on_person, act_with_all_rights

if TYPE_CHECKING:
    from datetime import datetime

    from stoa.cli.context import Opened
    from stoa.modules.auth.parts import AuthParts
    from stoa.shared.security import Actor

user = typer.Typer(help="Make and manage accounts.", no_args_is_help=True, rich_markup_mode=None)
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")
]
Username = Annotated[str, typer.Argument(help="The username.")]
FromStandardInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, instead of making a link.")
]


@user.command()
def create(
    email: Annotated[str, typer.Argument(help="The mail address.")],
    name: Annotated[str | None, typer.Option(help="The name that readers see. Default: from the address.")] = None,
    username: Annotated[str | None, typer.Option(help="Default: made from the name.")] = None,
    role: Annotated[str, typer.Option(help="viewer, creator, moderator, admin, or one of your own.")] = "viewer",
    data_dir: DataDir = None,
    *,
    password_stdin: FromStandardInput = False,
) -> None:
    """Make an account, and print a link by which the person sets a password."""
    from stoa.modules.auth.accounts.by_shell import NewAccount

    new = NewAccount.checked(email=email, display_name=name, username=username)
    password = _password() if password_stdin else None

    async def work(parts: "AuthParts", actor: "Actor") -> None:
        from stoa.modules.auth.accounts.by_shell import AccountsByShell

        made, link = await AccountsByShell(parts).create(new, role, password, actor)
        print(f"Made {made} ({role}).")
        _tell_link(link)

    act_with_all_rights(data_dir, work, role=role)


@user.command("list")
def list_users(
    search: Annotated[str | None, typer.Option(help="Part of the name, username or address.")] = None,
    role: Annotated[str | None, typer.Option(help="Only this role.")] = None,
    state: Annotated[str | None, typer.Option(help="active, banned, unverified or erased.")] = None,
    data_dir: DataDir = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List accounts, newest first."""
    from stoa.cli.context import run
    from stoa.modules.users.schemas import UserQuery
    from stoa.shared.checking import checked
    from stoa.shared.pagination import MOST_PER_PAGE

    query = checked(UserQuery, search=search, role=role, state=state, limit=MOST_PER_PAGE)

    async def work(opened: "Opened") -> list[str]:
        from stoa.modules.auth.accounts.near import check_role
        from stoa.modules.users.service import UserReads

        if role:
            await check_role(opened.database.reads, role)
        users = UserReads(opened.database.reads)
        page = await users.page(query)
        found = page.items
        while page.next_cursor:
            page = await users.page(query.model_copy(update={"cursor": page.next_cursor}))
            found += page.items
        return found

    _print_users(run(data_dir, "stoa user list", work), as_json=as_json)


@user.command()
def show(username: Username, data_dir: DataDir = None) -> None:
    """Show one account."""
    import orjson

    from stoa.cli.user_lines import lines

    async def work(parts: "AuthParts", _actor: "Actor") -> str:
        from stoa.modules.users.service import UserReads

        return await UserReads(parts.database.reads).row(username)

    for line in lines(orjson.loads(act_with_all_rights(data_dir, work, username=username))):
        print(line)


@user.command("set-role")
def set_role(
    username: Username, role: Annotated[str, typer.Argument(help="The new role.")], data_dir: DataDir = None
) -> None:
    """Give somebody another role; it acts on their next request."""
    from stoa.modules.auth.people.schemas import AccountChange
    from stoa.shared.checking import checked

    change = checked(AccountChange, role=role)
    act_on_person(data_dir, username, lambda people, actor: people.change(username, change, actor), role=role)
    print(f"{username} is {role} now.")


@user.command()
def ban(
    username: Username,
    reason: Annotated[str, typer.Option(help="The person is told it.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="For so many days. Default: for good.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until that day begins (UTC): 2027-01-31.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Ban somebody, from the next request on."""
    from stoa.modules.auth.people.schemas import BanIn
    from stoa.shared.checking import checked

    end = _end_of_ban(days, until)
    banned = checked(BanIn, reason=reason, until=end)
    act_on_person(data_dir, username, lambda people, actor: people.ban(username, banned, actor))
    print(f"{username} is banned{f' until {end:%d %B %Y, %H:%M} UTC' if end else ' for good'}.")


@user.command("lift-ban")
def lift_ban(username: Username, data_dir: DataDir = None) -> None:
    """Lift a ban."""
    act_on_person(data_dir, username, lambda people, actor: people.lift_ban(username, actor))
    print(f"{username} is not banned.")


@user.command("sign-out")
def sign_out(username: Username, data_dir: DataDir = None) -> None:
    """Sign somebody out everywhere."""
    ended = act_on_person(data_dir, username, lambda people, actor: people.sign_out(username, actor))
    print(f"Ended {ended} sign-in{'' if ended == 1 else 's'} of {username}.")


@user.command("reset-password")
def reset_password(username: Username, data_dir: DataDir = None, *, password_stdin: FromStandardInput = False) -> None:
    """Print a link by which somebody sets a new password; with --password-stdin, set it now."""
    password = _password() if password_stdin else None

    async def work(parts: "AuthParts", actor: "Actor") -> None:
        from stoa.modules.auth.accounts.by_shell import AccountsByShell

        link = await AccountsByShell(parts).reset_password(username, password, actor)
        if link is None:
            print(f"{username} has a new password; all sign-ins and API keys were ended.")
        _tell_link(link)

    act_with_all_rights(data_dir, work, username=username)


@user.command("owner-link")
def owner_link(
    data_dir: DataDir = None,
    *,
    greeting: Annotated[bool, typer.Option("--greeting", help="Say how to begin, or nothing.")] = False,
) -> None:
    """Print the link by which the first owner signs in, once, for a day; none when the site has an owner."""
    from stoa.cli.context import run

    async def work(opened: "Opened") -> None:
        from stoa.modules.auth.accounts.owner import owner_link as make_link

        url = opened.settings.server.public_url.rstrip("/")
        link = await opened.database.transact(lambda session: make_link(session, url))
        if greeting:
            if link:
                print(f"\nTo begin, open this link and make the owner's account. It works once, for a day.\n{link}")
            return
        print(link or "The site has an owner. Make others with `stoa user create`.")

    run(data_dir, "stoa user owner-link", work)


def _end_of_ban(days: int | None, until: str | None) -> "datetime | None":
    from datetime import UTC, datetime, timedelta

    from stoa.shared.clock import utc_now
    from stoa.shared.errors import InvalidInput

    if days and until:
        raise InvalidInput("Give --days or --until, not both.")
    if not until:
        return utc_now() + timedelta(days=days) if days else None
    try:
        return datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput(f"--until is '{until[:40]}': it must be a day such as 2027-01-31.") from None


def _print_users(found: list[str], *, as_json: bool) -> None:
    import orjson

    from stoa.cli.user_lines import table

    for line in found if as_json else table(orjson.loads(item) for item in found):
        print(line)


def _password() -> str:
    """From standard input: an argument would be seen by everybody on the machine."""
    from getpass import getpass

    from stoa.shared.errors import InvalidInput

    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidInput("There is no password on standard input.")
    return password


def _tell_link(link: str | None) -> None:
    if link:
        print(f"Set a password here, within an hour:\n{link}")
