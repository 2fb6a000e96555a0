/// Words that a full stop cuts short rather than ends, in small letters, without that stop.
enum Abbreviations {
    /// Those that something always follows: titles, references, examples.
    static let beforeName: Set<String> = set(
        """
        dr mr mrs ms prof st mt rev hon pres gov sen rep gen col maj capt cmdr lt sgt messrs mme mlle fr
        e.g i.e cf vs viz ca approx resp incl excl esp ibid op fig figs eq eqs sec ch chap vol no nos nr pp p
        art arts al ref refs ed eds dept ext est tel
        bzw z.b d.h u.a o.ä s.o s.u vgl hr fr hrn abs aufl bd hrsg evtl ggf inkl exkl str ca sog z.t u.u bspw
        sr sra srta srs d dª dña ud uds p.ej ej pág págs núm avda
        m mm mme mgr av bd env c.-à-d p.ex
        sig sigg sig.ra dott dott.ssa ing avv geom ecc
        exmo exma lda
        dhr mevr drs blz bijv d.w.z
        kl tlf bl.a dvs f.eks t.ex
        г ул т.е т.к т.н им проф акад см рис стр тыс млн млрд
        tzn tzw np ul
        κ κα δρ π.χ
        د أ م ص ج
        डॉ प्रो श्री कु सं पृ
        """)

    /// Those that may end a sentence too: what follows decides.
    static let anywhere: Set<String> = set(
        """
        etc inc ltd co corp bros jr sr ph.d b.sc m.sc a.m p.m a.d b.c u.s u.k u.n e.u d.c
        usw u.s.w etw jh jhd n.chr v.chr
        s.a s.l s.p.a s.r.l
        т.д т.п др руб
        itd itp
        """)

    /// Words that begin sentences, and no names: English, German, French, Spanish, Italian, Portuguese, Dutch, Russian.
    static let starters: Set<String> = set(
        """
        the this that these those it its he she we they you i in on at by for from with to of if when while
        however but and or so then there here his her their our my as after before since because although is are was
        were what who why how where which no not yes also according please
        der die das ein eine es er sie wir ihr ich im in am auf bei mit von zu wenn als aber und oder so dann dort hier
        seit nach vor weil obwohl ist sind war waren was wer warum wie wo dies diese dieser dieses
        le la les un une il elle ils elles nous vous je ce cette ces dans sur avec pour par mais et ou
        el los las una él ella ellos en con por para pero y o este esta
        lo gli i uno nel con per ma e o questo questa
        o a os as um uma no na com por mas e ou
        de het een hij zij wij in op met voor maar en of dit deze
        в на с по и но или он она они это этот эта при для
        """)

    /// What a number with a full stop precedes in German and its neighbours.
    static let months: Set<String> = set(
        """
        januar jänner februar märz april mai juni juli august september oktober november dezember
        jan feb mär apr jun jul aug sep okt nov dez
        januari februari maart mei augustus
        januar februar mars april maj juni juli
        jahrhundert jahrhunderts jh auflage
        """)

    private static func set(_ words: String) -> Set<String> {
        Set(words.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}
