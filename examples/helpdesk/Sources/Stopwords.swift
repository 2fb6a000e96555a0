/// English words that say little of what a text is about.
enum Stopwords {
    static func contains(_ word: String) -> Bool { words.contains(word) }

    private static let words: Set<String> = [
        "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been",
        "before", "being", "but", "by", "can", "could", "did", "do", "does", "doing", "during", "each", "for",
        "from", "had", "has", "have", "he", "her", "him", "his", "how", "i", "if", "in", "into", "is", "it",
        "its",
        "many", "me", "more", "most", "much", "my", "of", "on", "or", "other", "our", "she", "should", "so",
        "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
        "those",
        "through", "to", "under", "until", "up", "was", "we", "were", "what", "when", "where", "which",
        "while",
        "who", "whom", "whose", "why", "will", "with", "would", "you", "your", "tell", "name",
    ]
}
