from stoa.modules.content.importing.wordpress.content import body_of
from stoa.modules.content.importing.wordpress.shortcodes import Image


def library(ids: str) -> list[Image]:
    return [Image(number, f"https://a.example/{number}.jpg", "alt") for number in ids.split(",") if number]


def body(text: str) -> str:
    return body_of(text, library).text


class TestClassic:
    def test_blank_lines_are_paragraphs_and_line_ends_stay(self) -> None:
        assert body("a\nb\n\nc\r\n\r\nd") == "a\\\nb\n\nc\n\nd"

    def test_more_goes_and_next_page_is_a_rule(self) -> None:
        assert body("a\n\n<!--more Read on-->\n\nb\n<!--nextpage-->\nc") == "a\n\nb\n\n***\n\nc"


class TestBlocksOfTheEditor:
    def test_their_marks_go_and_line_ends_mean_nothing(self) -> None:
        made = body_of(
            '<!-- wp:paragraph {"a":"b"} -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n<!-- wp:latest-posts {"c":1} /-->',
            library,
        )
        assert made.text == "a b"
        assert "latest-posts" in made.warnings[0]

    def test_an_embedded_address_is_a_link(self) -> None:
        made = body(
            '<!-- wp:embed --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\nhttps://a.example/x_y\n'
            "</div><figcaption>Cap</figcaption></figure><!-- /wp:embed -->"
        )
        assert made == "[https://a.example/x_y](https://a.example/x_y)\n\nCap"


class TestShortcodes:
    def test_captions_of_both_times(self) -> None:
        image = '<img src="/a.png" alt="z" />'
        assert body(f'[caption id="x" width="1"]{image} Words[/caption]') == '![z](/a.png "Words")'
        assert body(f'[caption caption="Words"]{image}[/caption]') == '![z](/a.png "Words")'

    def test_galleries_show_their_pictures(self) -> None:
        assert body('[gallery ids="1,2"]') == "![alt](https://a.example/1.jpg)\n\n![alt](https://a.example/2.jpg)"

    def test_code_stays_code(self) -> None:
        assert body('[sourcecode lang="php"]if (a &lt; b) {\n\n  [gallery]\n}[/sourcecode]') == (
            "```php\nif (a < b) {\n\n  [gallery]\n}\n```"
        )

    def test_players_and_embeds(self) -> None:
        assert (
            body('[audio src="https://a.example/s.mp3"]')
            == '<figure><audio src="https://a.example/s.mp3"></audio></figure>'
        )
        assert body("[embed]https://a.example/x[/embed]") == "[https://a.example/x](https://a.example/x)"

    def test_others_stay_and_are_named(self) -> None:
        made = body_of('[contact-form id="3"] and [sic] and [[gallery]] <pre>[gallery]</pre>', library)
        assert made.text.startswith('\\[contact-form id="3"\\] and \\[sic\\] and \\[gallery\\]')
        assert made.text.endswith("```\n[gallery]\n```")
        assert made.warnings == ("the shortcode [contact-form] stays as it stands",)
