/// A fragment of a policy: metrics and gates that suit a kind of app, with the field's default thresholds.
///
/// A rule of the file on the same slice and metric replaces a preset's; metrics add up; `unsure` of the file
/// wins. What the app does not show (no `app.observe.documents`) is left out of the preset with a warning.
public struct Preset: Sendable {
    public struct Gate: Sendable {
        public let rule: String
        /// Where the threshold comes from, or `own choice` and why.
        public let source: String

        init(_ rule: String, _ source: String) {
            self.rule = rule
            self.source = source
        }
    }

    public let name: String
    /// One line.
    public let summary: String
    public let metrics: [String]
    public let gates: [Gate]

    /// What the place of a merged rule names as its file.
    public var origin: String { "preset \(name)" }

    public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
