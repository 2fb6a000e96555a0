/// Classes of words beside a span; 0 is any other word.
enum Neighbour {
    static let breakOrEdge: UInt8 = 15

    static func of(_ token: Token) -> UInt8 {
        switch token.word {
        case "in", "on", "at", "during", "since", "until", "around": 1
        case "by": 2
        case "of": 3
        case "to", "for", "from", "with", "into", "between": 4
        case "called", "named", "as", "known", "titled": 5
        case "the": 6
        case "a", "an": 7
        case "is", "was", "were", "are", "be", "been", "has", "had", "have", "became", "include", "includes":
            8
        case "and", "or": 9
        case "that", "which", "who", "where", "when": 10
        case "his", "her", "its", "their": 11
        case "about", "over", "than", "least", "approximately", "nearly", "only", "just": 12
        default: token.isCapitalised ? 13 : token.isNumber ? 14 : 0
        }
    }
}
