import pytest

from stoa.modules.content.importing.shortcodes import translate


class TestTranslate:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('[t]({{< ref "other.md#part" >}})', "[t](other.md#part)"),
            ('[t]({{% relref path="/posts/other" %}})', "[t](/posts/other)"),
            ("[t]({% post_url 2024-03-01-hello %})", "[t](2024-03-01-hello.md)"),
            ("[t]({{ site.baseurl }}{% link _posts/2024-03-01-hello.md %})", "[t](/_posts/2024-03-01-hello.md)"),
            ("![t]({{ '/assets/a.png' | relative_url }})", "![t](/assets/a.png)"),
            ("![t]({{ site.url }}/assets/a.png)", "![t](/assets/a.png)"),
            ('{{< figure src="a.png" alt="A dog" >}}', "![A dog](<a.png>)"),
            ('{{< figure src="a b.png" title="Say \\"it\\"" caption="Dog" />}}', '![Dog](<a b.png> "Dog")'),
            ("{% asset_img dog.png A dog %}", "![A dog](<dog.png>)"),
            ("{{< youtube dQw4w9WgXcQ >}}", "<https://www.youtube.com/watch?v=dQw4w9WgXcQ>"),
            ('{{ youtube(id="dQw4w9WgXcQ") }}', "<https://www.youtube.com/watch?v=dQw4w9WgXcQ>"),
            ('{{< highlight go "linenos=table" >}}\nx := `a`\n{{< /highlight >}}', "````go\nx := `a`\n````"),
            ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "````ruby\nputs 1\n````"),
            ("{% raw %}{{ kept }}{% endraw %}", "{{ kept }}"),
        ],
    )
    def test_known_tags_become_markdown(self, before: str, after: str) -> None:
        assert translate(before) == (after, [])

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("{{< tweet 12 >}} {{% notice tip %}}Hi{{% /notice %}}", ["tweet", "notice"]),
            ("{% include toc.html %}", ["include"]),
            ("{{ page.title }} and {% if x %}", []),
        ],
    )
    def test_others_stay_and_are_named(self, text: str, names: list[str]) -> None:
        assert translate(text) == (text, names)

    @pytest.mark.parametrize("text", ["`{% raw %}`", "```\n{{< figure src='a' >}}\n```\n", "    {{< ref 'a' >}}\n"])
    def test_tags_in_code_are_code(self, text: str) -> None:
        assert translate(text) == (text, [])

    def test_a_video_that_is_no_video_stays(self) -> None:
        assert translate('{{< youtube "><script>" >}}')[0] == '{{< youtube "><script>" >}}'
