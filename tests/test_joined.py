"""The first screen's modules as one file: nothing is there twice, nothing is lost, and what is not understood is said."""

import re

import pytest

from punchcard.surfaces.web import static
from punchcard.surfaces.web.joined import joined

SMALL = {
    "app/main.js": "// The face.\nimport { one as first } from './one.js'\nimport { html } from '../vendor/lib.js'\nfirst(html)\n",
    "app/one.js": "import './side.js'\nimport {\n  two,\n} from '../core/two.js'\nexport const one = () => two\nexport { two }\n",
    "app/side.js": "// Listens.\naddEventListener('x', () => 1)\n",
    "app/later.js": "import { two } from '../core/two.js'\nimport { one } from './one.js'\nexport const Screen = () => one(two)\n",
    "core/two.js": "const { default: two } = await import('../words/x.js')\nexport { two }\n",
}


def test_each_module_is_a_function_behind_what_it_imports_and_what_is_not_first_takes_from_there():
    made = joined(SMALL, "app")

    assert made == {
        "app.joined/main.js": """import * as $vendor_lib from '../vendor/lib.js'
const $core_two = await (async () => {
const { default: two } = await import('../words/x.js')
return { two }
})()
const $app_side = (() => {
addEventListener('x', () => 1)
return {  }
})()
const $app_one = (() => {
const {
  two,
} = $core_two
const one = () => two
return { one, two }
})()
const $app_main = (() => {
const { one: first } = $app_one
const { html } = $vendor_lib
first(html)
return {  }
})()
export { $core_two, $app_side, $app_one, $app_main }
""",
        "app.joined/later.js": """import { $core_two } from './main.js'
const { two } = $core_two
import { $app_one } from './main.js'
const { one } = $app_one
export const Screen = () => one(two)
""",
    }


@pytest.mark.parametrize(
    "one, said",
    [
        ("import { main } from './main.js'\nexport const one = main\n", "ring"),
        ("export let one = 1\n", "export let"),
        ("export default 1\n", "export default"),
        ("export * from './side.js'\n", "export \\*"),
        ("import * as side from './side.js'\nexport const one = side\n", "import \\*"),
    ],
)
def test_what_is_written_in_another_way_is_refused(one: str, said: str):
    with pytest.raises(ValueError, match=said):
        joined(SMALL | {"app/one.js": one}, "app")


def test_no_module_of_the_app_is_there_twice():
    """What is loaded later imports what stands in the one file from nowhere else."""
    made = {name: file.body.decode() for name, file in static.files().items() if name.startswith("app.joined/")}
    main = made.pop("app.joined/main.js")
    within = set(re.findall(r"^const \$(\w+) = (?:await )?\(", main, re.M))
    written = {path.stem for path in (static.FOLDER / "app").glob("*.js")}

    assert {name.removeprefix("app_") for name in within if name.startswith("app_")} | {
        name.removeprefix("app.joined/").removesuffix(".js") for name in made
    } == written
    for name, text in made.items():
        taken = set(re.findall(r"from '([^']+)'", text))
        assert taken <= {"./main.js", "../vendor/preact.js", "../vendor/qr.js"} | {
            f"./{each.partition('/')[2]}" for each in made
        }, name


def test_every_module_of_the_page_is_fetched_by_its_own_tree():
    """An address that does not end in a file of ours would be asked for in vain, on the screen where it is needed."""
    for name, file in static.files().items():
        if name.startswith("app.joined/"):
            for asked in re.findall(r"import\('\./([\w.-]+)'\)", file.body.decode()):
                assert f"app.joined/{asked}" in static.files(), f"{name} asks for {asked}"
