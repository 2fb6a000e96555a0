import Foundation
import Notation
import Testing

@Suite struct MarkupTests {
    /// 750 texts, most of them broken by a seeded draw, with expat 2's opinion of each.
    @Test func xmlIsWellFormedWhereExpatSaysSo() throws {
        var right = 0
        for row in try fixtureLines("xml.jsonl") {
            let text = try #require(row["text"] as? String)
            // XML 1.0 knows versions that begin with 1 alone; expat takes any.
            if text.contains("version=\"2.0\"") { continue }
            let problem = XMLCheck.problem(in: text)
            #expect(
                (problem == nil) == (row["ok"] as? Bool),
                "\(text.debugDescription): \(problem?.message ?? "ours: fine"); \(row["why"] as? String ?? "")"
            )
            right += 1
        }
        #expect(right > 700)
    }

    @Test func entitiesWithinEntitiesCostNoMoreThanTheirLength() {
        var text = "<!DOCTYPE a [<!ENTITY e0 \"ha\">"
        for depth in 1..<30 {
            text += "<!ENTITY e\(depth) \"" + String(repeating: "&e\(depth - 1);", count: 20) + "\">"
        }
        let start = ContinuousClock.now
        #expect(XMLCheck.problem(in: text + "]><a>&e29;</a>") == nil)
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(XMLCheck.problem(in: String(repeating: "<a>", count: 300_000)) != nil)
    }

    @Test(arguments: [
        ("<p>Your order</p>", true), ("<p>Your <b>order</p>", false), ("Your order", false),
        ("<!DOCTYPE html><html><head><title>A < B</title></head><body><p>x<p>y<br></body></html>", true),
        ("<ul><li>a<li>b</ul>", true), ("<div><span></div></span>", false), ("<div>", false),
        ("<foo>x</foo>", false), ("<my-part a='1'>x</my-part>", true), ("<img src=\"a.png\" />", true),
        ("<a href=\"x>y\">z</a>", true), ("<a href=\"x>z</a>", false), ("<!-- only -->", false),
        ("<svg viewBox='0 0 1 1'><path d='M0'/><g><rect/></g></svg>", true),
        ("<script>if (a < b) { x = '</div>' }</script>", true), ("<script>x", false), ("", false),
        ("<p>a</p> and <p>b</p>", true), ("Sure: <p>a</p>", false), ("</p>", false), ("<br></br>", false),
        ("<table><tr><td>1<td>2<tr><td>3</table>", true), ("<?xml version='1.0'?><a></a>", false),
        ("<h1 class=big>x</h1>\n", true), ("<p>1 < 2</p>", true), ("<div", false),
    ])
    func htmlIsToldFromTextAndFromBrokenHTML(_ text: String, _ isHTML: Bool) {
        let problem = HTMLCheck.problem(in: text)
        #expect((problem == nil) == isHTML, "\(problem?.message ?? "no problem")")
    }

    @Test(arguments: [
        ("Here: {\"a\": 1}.", true), ("```json\n[1, 2]\n```", true), ("no json", false), ("{a: 1}", false),
        ("{not} but [1]", true), ("a } { b", false), ("{\"a\": \"}\"}", true), ("[{\"a\": 1},]", true),
        ("5", false), ("{\"a\": {\"b\": [}", false), ("\"{\" {\"x\": \"\\\"}\"}", true),
    ])
    func jsonIsFoundAmidText(_ text: String, _ isThere: Bool) throws {
        #expect((try JSONFinder.first(in: text) != nil) == isThere)
    }

    @Test func aTextOfBracketsIsGivenUpAndNotWaitedFor() {
        let start = ContinuousClock.now
        #expect(throws: JSONFinder.TooMany.self) {
            try JSONFinder.first(in: String(repeating: "[", count: 1_000_000))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
