import Domain

/// Diagnostics as people read them: place and message, the offending line with its number, carets, the mend.
///
/// ```
/// sluice.yaml:14:7: error: unknown metric 'recal@3'
///    14 |     - recal@3: no worse than baseline by 0.02
///       |       ^^^^^^^ did you mean 'recall@3'?
/// ```
///
/// Control characters and invisible format characters of the file are shown as escapes, never sent to a
/// terminal.
public struct DiagnosticText: Sendable {
    public let isColoured: Bool

    public init(isColoured: Bool = false) { self.isColoured = isColoured }

    /// All of them, each ended by a newline; empty where there are none.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        var out = ""
        for diagnostic in diagnostics { out += render(diagnostic) }
        return out
    }

    /// One diagnostic, ended by a newline.
    public func render(_ diagnostic: Diagnostic) -> String {
        let style: Style = diagnostic.severity == .error ? .error : .warning
        var out = paint(words(for: diagnostic.place), .place)
        out +=
            paint(diagnostic.severity.rawValue + ":", style) + " " + paint(diagnostic.message, .message)
            + "\n"
        if let excerpt = diagnostic.excerpt {
            out += render(excerpt, line: diagnostic.place.line, style: style, mend: diagnostic.suggestion)
        } else if let suggestion = diagnostic.suggestion {
            out += gutter(nil) + " " + suggestion + "\n"
        }
        if let related = diagnostic.related {
            out +=
                paint(words(for: related.place), .place) + paint("note:", .note) + " " + related.message
                + "\n"
            if let excerpt = related.excerpt {
                out += render(excerpt, line: related.place.line, style: .note, mend: nil)
            }
        }
        return out
    }

    private func words(for place: SourcePlace) -> String {
        var out = Printable.text(place.file)
        if place.line > 0 { out += ":\(place.line)" }
        if place.line > 0, place.column > 0 { out += ":\(place.column)" }
        return out + ": "
    }

    private func render(_ excerpt: Diagnostic.Excerpt, line: Int, style: Style, mend: String?) -> String {
        var shown = excerpt.cutBefore ? "…" : ""
        var before = excerpt.cutBefore ? 1 : 0
        var under = 0
        for (index, scalar) in excerpt.text.unicodeScalars.enumerated() {
            let cell = Printable.cell(scalar)
            shown += cell.text
            if index < excerpt.offset {
                before += cell.columns
            } else if index < excerpt.offset + excerpt.width {
                under += cell.columns
            }
        }
        if excerpt.cutAfter { shown += "…" }
        var out = gutter(line) + " " + shown + "\n"
        out += gutter(nil) + " " + String(repeating: " ", count: before)
        out += paint(String(repeating: "^", count: max(1, under)), style)
        if let mend { out += " " + mend }
        return out + "\n"
    }

    private func gutter(_ line: Int?) -> String {
        let number = line.map(String.init) ?? ""
        return paint(String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number + " |", .gutter)
    }

    private enum Style: String {
        case error = "1;31"
        case warning = "1;33"
        case note = "1;36"
        case place = "1"
        case message = "1;39"
        case gutter = "2"
    }

    private func paint(_ text: String, _ style: Style) -> String {
        isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
