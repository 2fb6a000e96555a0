"""What a case expects of an answer."""
import dataclasses
import math


@dataclasses.dataclass
class Case:
    """One input and what an independent package says of it.

    `expected` maps members of the result (`"lower"`, `"nested.member"`) to numbers, lists or other values; or it is
    `Undefined`, where the answer must be an error. Numbers agree within `relative` or `absolute`, whichever is wider.
    """

    statistic: str
    input: dict
    expected: object
    relative: float = 1e-9
    absolute: float = 1e-12

    def problem(self, answer):
        if self.expected is Undefined:
            return None if "error" in answer else f"an error was expected, not {answer['result']}"
        if "error" in answer:
            return answer["error"]["message"]
        for path, wanted in self.expected.items():
            value = answer["result"]
            for part in path.split("."):
                if not isinstance(value, dict) or part not in value:
                    return f"no member {path}"
                value = value[part]
            if not self.agrees(value, wanted):
                return f"{path} is {value}, and should be {wanted}"
        return None

    def agrees(self, value, wanted):
        if isinstance(wanted, (list, tuple)):
            return isinstance(value, list) and len(value) == len(wanted) and all(map(self.agrees, value, wanted))
        if isinstance(wanted, (bool, str)) or wanted is None:
            return value == wanted
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return math.isclose(value, float(wanted), rel_tol=self.relative, abs_tol=self.absolute)


class Undefined:
    """The answer must be an error: there is no value for this input."""
