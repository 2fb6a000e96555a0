/// Names of headers, members and parameters behind which secrets stand, whatever the rules say.
enum SecretNames {
    /// Headers whose values are credentials.
    static let headers: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey",
        "x-goog-api-key", "x-amz-security-token", "x-auth-token", "x-access-token", "x-csrf-token",
        "x-xsrf-token",
        "x-session-token", "x-vault-token", "x-sluice-override", "proxy-authenticate", "www-authenticate",
        "authentication-info", "x-forwarded-client-cert", "x-amzn-oidc-data", "x-goog-iap-jwt-assertion",
        "cf-access-jwt-assertion", "dpop",
    ]

    private static let members: Set<String> = [
        "password", "passwd", "pwd", "passphrase", "passcode", "secret", "clientsecret", "secretkey",
        "apikey",
        "accesskey", "accesstoken", "refreshtoken", "idtoken", "sessiontoken", "authtoken", "bearertoken",
        "csrftoken",
        "authorization", "auth", "token", "amzsecuritytoken", "csrfmiddlewaretoken",
    ]

    /// What stands behind a name that is a secret's.
    struct Secret {
        /// The shortest value that is one; what is as long and holds no space. Nil: every value.
        let least: Int?

        func hides(valueLength: Int, hasSpace: Bool) -> Bool {
            guard let least else { return valueLength > 0 }
            return valueLength >= least && !hasSpace
        }
    }

    /// Whether the text that stands behind a name is a secret.
    ///
    /// What is called `token` or `auth` is one from 16 characters without a space on: language models name the pieces of
    /// a text tokens. `SensitiveHint` knows each of these words.
    static func hides(_ name: some Sequence<UInt8>, valueLength: Int, hasSpace: Bool) -> Bool {
        valueLength > 0 && secret(name)?.hides(valueLength: valueLength, hasSpace: hasSpace) ?? false
    }

    /// The secret that a name promises; nil for none.
    static func secret(_ name: some Sequence<UInt8>) -> Secret? {
        var plain: [UInt8] = []
        for byte in name {
            if plain.count > 24 { return nil }
            switch byte {
            case 0x41...0x5A: plain.append(byte | 0x20)
            case 0x2D, 0x5F, 0x2E, 0x20: continue
            default: plain.append(byte)
            }
        }
        guard plain.count >= 3 else { return nil }
        let isPrefixed = plain[0] == UInt8(ascii: "x") && plain.count > 3
        let word = String(decoding: isPrefixed ? plain[1...] : plain[...], as: UTF8.self)
        guard members.contains(word) else { return nil }
        switch word {
        case "secret": return Secret(least: 6)
        case "token", "auth": return Secret(least: 16)
        default: return Secret(least: nil)
        }
    }
}
