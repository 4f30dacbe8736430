"""Writes WXR files for the tests."""

from pathlib import Path

SITE = "https://old.example"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old site</title><link>https://old.example</link>
<wp:wxr_version>{version}</wp:wxr_version><wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login>jane</wp:author_login><wp:author_email>jane@secret.example</wp:author_email>
<wp:author_display_name><![CDATA[Jane Roe]]></wp:author_display_name></wp:author>
"""
_END = "</channel></rss>\n"


def head(version: str = "1.2") -> str:
    return _HEAD.format(version=version)


def item(number: int, body: str = "Words.", *, extra: str = "", **fields: str) -> str:
    """An item of the channel; `fields` are the simple ones of the wp namespace, and title, link and excerpt."""
    told = {
        "post_type": "post",
        "status": "publish",
        "post_date_gmt": "2020-01-02 03:04:05",
        "post_parent": "0",
    } | fields
    title, link = told.pop("title", f"Post {number}"), told.pop("link", f"{SITE}/2020/post-{number}/")
    excerpt = told.pop("excerpt", "")
    simple = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in told.items())
    return (
        f"<item><title>{title}</title><link>{link}</link><dc:creator>jane</dc:creator>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id>{simple}{extra}</item>\n"
    )


def comment(number: int, *, parent: int = 0, approved: str = "1", kind: str = "", body: str = "Nice.") -> str:
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author><![CDATA[Bob]]></wp:comment_author>"
        "<wp:comment_author_email>bob@secret.example</wp:comment_author_email>"
        "<wp:comment_author_url>https://bob.example</wp:comment_author_url>"
        "<wp:comment_author_IP>203.0.113.7</wp:comment_author_IP><wp:comment_date_gmt>2020-01-03 00:00:00"
        f"</wp:comment_date_gmt><wp:comment_content><![CDATA[{body}]]></wp:comment_content><wp:comment_approved>{approved}"
        f"</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type><wp:comment_parent>{parent}</wp:comment_parent>"
        "</wp:comment>"
    )


def meta(key: str, value: str) -> str:
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


def write(path: Path, *parts: str, version: str = "1.2") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head(version) + "".join(parts) + _END, encoding="utf-8")
    return path
