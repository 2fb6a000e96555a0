/// What in a text must not be kept: who it belongs to, or what it opens.
public enum SensitiveKind: Sendable, Hashable {
    case mail
    case phone
    /// A payment card's number.
    case card
    /// An international bank account number.
    case account
    /// A network address: opt-in, since documentation and logs are full of addresses that belong to nobody.
    case address
    /// A key, token or password.
    case key
    /// One of a list of names.
    case name
    /// What a pattern of the user's own finds, under the name that it was given.
    case custom(String)

    /// As policies, commands and pseudonyms spell it.
    public var word: String {
        switch self {
        case .mail: "mail"
        case .phone: "phone"
        case .card: "card"
        case .account: "account"
        case .address: "address"
        case .key: "key"
        case .name: "name"
        case .custom(let name): name
        }
    }

    /// The kinds that need neither list nor pattern, in the order in which they claim a stretch of text.
    public static let builtIn: [SensitiveKind] = [.key, .mail, .account, .card, .phone, .address]

    /// The kinds that are looked for unless others are named.
    public static let usual: [SensitiveKind] = [.key, .mail, .account, .card, .phone]
}
