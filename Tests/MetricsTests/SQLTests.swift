import Domain
import Metrics
import Notation
import Testing

/// SQLite tells wrong syntax apart from what is not there.
@Suite struct SQLTests {
    static let cases: [(text: String, isSQL: Bool, suitsSchema: Bool)] = [
        ("SELECT name FROM users", true, true),
        ("select u.name, count(*) from users u group by 1 having count(*) > 2;", true, true),
        ("SELECT name FORM users", false, false),
        ("SELECT missing FROM users", true, false),
        ("SELECT name FROM nobody", true, false),
        ("SELECT nosuch(name) FROM users", true, false),
        ("INSERT INTO users VALUES (1, 'a'); DELETE FROM users WHERE id = 1", true, true),
        ("INSERT INTO users VALUES (1, 'a', 3)", true, false),
        ("INSERT INTO nobody VALUES (1", false, false),
        ("DROP TABLE nobody", true, false),
        ("DROP TABLE nobody garbage", false, false),
        ("DROP TABLE nobody; SELECT (", false, false),
        (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT * FROM n", true,
            true
        ),
        ("-- only a comment", false, false), ("", false, false), (";", false, false),
        ("```sql\nSELECT 1\n```", false, false), ("Here you are: SELECT 1", false, false),
        ("SELECT 'it''s', \"name\", [id], `id` FROM users", true, true),
        ("SELECT 'open FROM users", false, false), ("SELECT 1 FROM users WHERE", false, false),
        ("PRAGMA table_info(users)", true, true), ("ATTACH 'x.db' AS x", true, true),
        ("SELECT 1;; SELECT 2", true, true), ("SELECT 1\u{0}SELECT (", false, false),
    ]

    @Test(arguments: cases.indices)
    func syntaxIsToldFromWhatIsNotThere(_ place: Int) throws {
        let (text, isSQL, suits) = Self.cases[place]
        #expect(try measure("is_sql", answer: { $0.text = text }).number == (isSQL ? 1 : 0), "\(text)")
        let schema = "create table users (id integer primary key, name text)"
        let held = try measure("is_sql", ["schema": .string(schema)], answer: { $0.text = text })
        #expect(held.number == (suits ? 1 : 0), "\(text)")
    }

    @Test func aSchemaThatIsNoneIsRefused() {
        #expect(throws: MetricProblem.self) { try metric("is_sql", ["schema": "create tabel x"]) }
    }
}
