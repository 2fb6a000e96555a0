import Domain

/// Whether the app called exactly the expected tools, whatever their arguments and order: 1 or 0.
enum ToolNames {
    static let family = ToolMetric.family(
        "tool_names", summary: "Whether the tools called are the expected ones, by name.",
        source: "Equality of multisets of names.",
        example: #"{"expected_tool_calls": ["find", "book"], "tools": ["book", "find"]} → 1"#,
        nature: .passFail(.generation)
    ) { expected, made in
        .share(expected.calls.map(\.name).sorted() == made.map(\.name).sorted())
    }
}
