extension HTMLBuilder {
    /// An attribute whose name is a literal. Text of others reaches only attributes that cannot run, load or
    /// lead anywhere: there is no way to write a `href`, `src`, `style` or `on…` attribute from a `String`.
    public struct Attribute: Sendable {
        let name: StaticString
        let value: String

        private init(_ name: StaticString, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Any attribute with a literal value.
        public static func fixed(_ name: StaticString, _ value: StaticString) -> Attribute {
            Attribute(name, value.description)
        }

        public static func `class`(_ names: StaticString) -> Attribute {
            Attribute("class", names.description)
        }

        /// A number, as geometry needs it: at most two decimals.
        public static func number(_ name: StaticString, _ value: Double) -> Attribute {
            Attribute(name, geometry(value))
        }

        public static func count(_ name: StaticString, _ value: Int) -> Attribute {
            Attribute(name, String(value))
        }

        /// Words that a pointer or a screen reader brings up.
        public static func title(_ text: String) -> Attribute { Attribute("title", text) }
        public static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }

        /// An element's name within the page, and a link to it; the same text gives the same name.
        public static func id(_ name: String) -> Attribute { Attribute("id", anchor(name)) }
        public static func to(_ name: String) -> Attribute { Attribute("href", "#" + anchor(name)) }
        public static func labelledBy(_ name: String) -> Attribute {
            Attribute("aria-labelledby", anchor(name))
        }

        /// For XML that is read by programs: any text under a literal name.
        public static func data(_ name: StaticString, _ text: String) -> Attribute {
            precondition(!isActive(name.description), "an attribute that a browser acts upon takes a literal")
            return Attribute(name, text)
        }

        private static func isActive(_ name: String) -> Bool {
            name.hasPrefix("on")
                || [
                    "href", "src", "srcset", "srcdoc", "style", "action", "formaction", "xlink:href", "data",
                    "content",
                ]
                .contains(name)
        }

        /// Letters, digits and `-_.`; everything else as `_` and its number, so that two names never fall
        /// together.
        static func anchor(_ name: String) -> String {
            var out = ""
            for scalar in name.unicodeScalars {
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", ".": out.unicodeScalars.append(scalar)
                default: out += "_" + String(scalar.value, radix: 16) + "_"
                }
            }
            return out
        }
    }

    /// A coordinate with at most two decimals and no trailing zeros; what is not finite stands at 0.
    static func geometry(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let whole = abs(hundredths) / 100
        let part = abs(hundredths) % 100
        let sign = hundredths < 0 ? "-" : ""
        if part == 0 { return sign + String(whole) }
        let digits = part % 10 == 0 ? String(part / 10) : (part < 10 ? "0" : "") + String(part)
        return sign + String(whole) + "." + digits
    }
}
