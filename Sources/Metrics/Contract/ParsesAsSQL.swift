import Domain
import Notation

/// Whether the answer's text is SQL of SQLite.
///
/// One or more statements, checked by SQLite itself and never run. A wrong syntax is 0; tables, columns and functions that
/// are not there are no matter of syntax and count as valid – unless `is_sql: { schema: "create table …" }` says what is
/// there: then what a statement names must exist too. A text without a statement is 0. A Markdown fence round the
/// statements is no SQL. Failed without a text.
enum ParsesAsSQL {
    static let family = MetricFamily(
        name: "is_sql", parameter: .value(words: "{ schema: \"create table …\" }"),
        needs: [.observed("text")],
        summary: "Whether the answer is SQL by SQLite's syntax.",
        source: "SQLite's parser; missing objects are told apart from syntax.",
        example: #"{"text": "SELECT name FORM users"} → 0"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let options = try request.options(["schema"])
        let schema = options["schema"]?.stringValue
        if options["schema"] != nil, schema == nil {
            throw MetricProblem("'schema' of 'is_sql' is a text of SQL")
        }
        if case .unusable(let why) = SQLiteSyntax.check("select 1", schema: schema) {
            throw MetricProblem("'is_sql': \(why)")
        }
        return MetricDefinition(
            request, of: family, .passFail(.format), whenAppFailed: .worst { _ in .value(0) },
            measure: { input in
                guard let text = input.answer?.text else { return input.notShown("text") }
                switch SQLiteSyntax.check(text, schema: schema) {
                case .valid: return .value(1)
                case .objectError: return .share(schema == nil)
                case .empty, .syntaxError: return .value(0)
                case .unusable(let why): return .failed(why)
                }
            })
    }
}
