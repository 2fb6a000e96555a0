/// The words and letters by which languages of one script are told apart: the commonest of each, as everyone writes them.
enum LanguageWordLists {
    static let lists: KeyValuePairs<String, String> = [
        "en": """
        the of and to in is was that for it with as his on be at by he this had not are but from
        or have an they which one you were her all she there would their we him been has when who
        will more no if out so said what up its about into than them can only other new some could
        time these two may then do first any my now such like our over me even most made after
        also did many your i am does how why please don't can't it's
        """,
        "de": """
        der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es
        an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so
        zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ich wir ihr kann
        können wenn was ihre ihrer diese dieser keine wurden unter gegen vom schon mich mir uns du
        bitte warum
        """,
        "fr": """
        de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il
        sont avec ou son aux d'un cette d'une ont ses mais comme on tout nous sa été elle leur
        même ces aussi sans peut vous était être fait lui après si deux entre quand très leurs je
        où ils encore moins c'est n'est qu'il l'on votre notre pouvez faire
        """,
        "es": """
        de la que el en y a los se del las un por con no una su para es al lo como más o pero sus
        le ha me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy
        años hasta desde está mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene
        él uno donde bien tiempo mismo ese ahora cada usted fueron nosotros
        """,
        "pt": """
        de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao
        ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso
        ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram
        essa num nem suas meu às minha têm numa pelos elas havia seja qual será nós são pode
        """,
        "it": """
        di e il la che è in un a per del non una sono le con si da i dei al come della ha più
        anche alla nel lo ma gli se o delle ed dal su nella ci questo questa suo sua essere era
        stato tra dalla due cui io chi quando dopo loro molto fa perché solo così ancora sulla
        degli agli nelle quello tutti ai hanno lei mi ne può dove prima c'è l'ho
        """,
        "nl": """
        de van het een en in is dat op te zijn voor met die niet aan er om ook als dan maar bij of
        uit nog naar heeft hij ze was door over wordt kan tot worden meer had we ik je wel deze
        geen haar werd zich hebben dit wat al moet waar zij hun hoe onder u mijn men toen veel zo
        alle andere tegen na omdat zou gaan kunnen jaar
        """,
        "sv": """
        och i att det som en på är av för med den till inte har de om ett han men var jag sig från
        vi så kan när man hade nu ska eller vid också efter under sin mot ut alla över upp där då
        än sina hur får denna mycket vara blev skulle genom hon mellan varit år hans finns detta
        utan andra många bara två dem deras mer kommer göra någon blir
        """,
        "da": """
        og i at det er en til på af for de med den som ikke der et har om han var jeg men sig fra
        vi kan så eller ved være efter når hun også mod ud nu blev over skal man havde op vil alle
        hvor hvad mange dem end deres dette meget ind bliver sin mere under sådan år hvis været
        blive mig du os kun jo denne hendes mellem disse blevet gøre nogle
        """,
        "no": """
        og i det er på som en til for av at med har de ikke den han et om fra var seg så men jeg
        også vi kan eller etter ved skal når være blir over nå hun ble sin vil ut man hadde mot
        bare hvor alle opp enn mellom dette må noe mer andre mange sier år der da to kommer får
        hva under dem deg meg oss blitt hvordan gjøre mye hvis
        """,
        "fi": """
        ja on ei että se oli hän mutta ovat kun niin myös kuin jos tai joka nyt ole mukaan sen
        vain olla jo sitä voi hänen sekä vielä ollut olisi mitä tämä kaikki noin ne minä siitä
        jotka vuoden nämä mikä sitten tämän siellä kanssa jälkeen ennen sinä voidaan tässä jossa
        johon minun sille miten kuinka heidän koska pitää
        """,
        "pl": """
        w i na z się do nie że to jest o jak za od po co przez są dla tak przy czy jego ale był
        tym już tylko może ma oraz być pod które który jej jako tego bardzo ich było można lub gdy
        także nad między wszystko nawet przed został była jeszcze ze we więc kiedy bez roku mnie
        ty mi gdzie proszę przykład jeśli aby ten ta również
        """,
        "cs": """
        a v se na je že s z do o to k i ve by jsem jako za ale po co pro jak od tak jeho být při
        už jsou který jen byl která ze bylo až není nebo jsme když nás také kde pod má byla mezi
        ani bude či které podle svého více před však jí let mu může toho této proto své vás tedy
        """,
        "sk": """
        a v sa na je že s z do o to k aj vo by som ako za ale po čo pre pri od tak jeho byť už sú
        ktorý len bol ktorá zo bolo až nie alebo sme keď nás tiež kde pod má bola medzi ani bude
        či ktoré podľa svojho viac pred však jej rokov mu môže toho tejto preto svoje vás teda
        ešte ich iba
        """,
        "sl": """
        in je v na se da za z ki so pa s ne o po tudi bi kot od do bil iz ali še pri če lahko bo
        kako že to si ko sem bilo svoje več med smo tako imajo bila nad pod tem ter samo zelo
        njegov vse kaj kjer niso leta zato tega biti pred ima niti kar sta ob ni bili nas jih
        """,
        "hr": """
        je i u na se da za su s od o a iz kao koji bi što ne to do sam po ili koja nije biti te
        ali samo kako ima još već kad bio više može ako prema pod nakon između gdje koje bila
        svoje ova ovo mi ga sve zbog pri jer sa oko godine bilo bez njegov preko sta ih tako vrlo
        nego ove tog će smo
        """,
        "hu": """
        a az és hogy nem is egy van meg volt csak de ez már még azt mint ha el ki vagy minden mert
        ezt lehet kell olyan sem lesz úgy után nagyon itt akkor azonban amely két így aki más mely
        ezek majd között pedig fel néhány magyar nagy első új év alatt lenni vannak ami több során
        ezért hiszen ilyen szerint által miatt ahol hogyan
        """,
        "ro": """
        de și în a la cu nu pe o din care este un că mai pentru ce sunt au se fi al prin ca sau
        dar după lor fost despre ale cel dintre până între le i-a acest acestea această cele
        foarte când doar cum fiind el ei unui unei să-i s-a aceste avea către mult toate dacă
        acesta sub fără astfel noi poate era își anul
        """,
        "tr": """
        ve bir bu da de için ile çok olarak daha ne gibi en o kadar olan ama ise var sonra ben
        kendi mi olduğunu iki her ya yok değil oldu şey bana büyük ilk böyle göre ancak diye nasıl
        bunu olduğu onun bizim tarafından şu zaman hem ki neden sen biz içinde yıl üzerinde
        arasında olur ediyor etmek kişi hiç sadece bütün eğer
        """,
        "id": """
        yang dan di dengan untuk dari ini itu pada adalah tidak dalam akan ke juga oleh sebagai
        telah atau karena dapat ada bisa saya kami mereka anda saat lebih sudah bahwa seperti
        setelah hanya secara tersebut kita dia harus menjadi banyak para tahun antara orang belum
        sangat masih bagi hingga serta namun apa kepada semua jika lain ketika satu dua
        """,
        "vi": """
        và của là có không được cho trong một các người này với đã những khi để từ đến như về cũng
        ở vào ra nhiều đó năm tại sẽ sau họ tôi thì trên phải bạn theo hơn nhưng lại rất làm nếu
        còn mà bị vì chỉ hay thể ông hai đang nên giữa qua điều lúc đầu nhất đây cùng trước tất cả
        """,
        "et": """
        ja on ei et see oli ta kui ka aga mis oma ning või kes nii ma siis need kuid veel olid ole
        seda tema välja kõik juba väga mida ainult pärast pole aasta nagu üle selle mitte olla
        saab ära nad oleks tuleb kus sest sellest olnud selles siin kuni enne peale meie teie läbi
        aastal võib
        """,
        "lv": """
        un ir ka ar no uz par kas tas bija vai arī bet lai kā to pēc gan viņš pie tā nav tika
        tikai ļoti šo kad viņa jau šī būs būt tad savu es mēs man mūsu līdz pret ja visi kurā gada
        tiek starp kuri daudz visu bez šis laikā jo vairāk kur cita savas esmu
        """,
        "lt": """
        ir kad yra į tai iš su bet ar kaip buvo jis nuo už dėl per tik jau ne apie jo taip savo
        prie labai dar gali po iki kai kas jos jie mano metų šis bei šio metu tarp arba pat nes
        tačiau būti daugiau visi jog kuris mes nėra ant mane kurie jų vienas kur pagal dabar
        """,
        "ca": """
        de la i el que en a les per un amb és del no una els al es com més o ha són dels pel
        aquest va seu ser però aquesta també sobre entre fins sense molt ja ens seva quan tot on
        hi han li qual anys dos així cap després era tots havia mateix pot ho em quin nosaltres
        hem l'any d'una està estan fer això
        """,
        "tl": """
        ang ng sa na mga ay at ni si para hindi ito ko ka siya niya mo kung ako may nila po ating
        isang kay bilang lang naman din rin kanyang pero ano iyon natin tayo sila dahil wala mula
        kanilang noong lahat nang doon kaya pa bago taon tungkol upang maaari
        """,
        "sw": """
        ya na wa kwa ni katika la za hii kuwa au kama cha watu hiyo pia huu sana hata yake wake
        baada lakini hivyo kila zaidi yeye wao hao kutoka mimi sisi ambayo ambao bila bado yao
        sasa mwaka nchi nini hapa vya kabla tu ndani lazima
        """,
        "ru": """
        и в не на что он с как я это по но из у за к от было так все его же она они мы для вы бы
        был только о если меня или когда чтобы уже были где при может быть есть до её их этого
        этом этот под очень себя будет нет кто которые также более после ещё время том со во чем
        этой лет того можно нас вас почему
        """,
        "uk": """
        і в не на що з як це до та за від у я його але він про для по є так вона було або ми які
        при також вже ви їх може був який після під чи щоб були ще коли де тільки її мені бути
        вони із цього цей якщо нас тому дуже між через своїй років ці має всі цієї лише саме буде
        немає
        """,
        "bg": """
        на и да в се е от за не с по че са като до това си към един или ще как но беше който ме му
        той при има когато те само след които всички между още ни може бил която тя много били ги
        няма тези така през този тази ли без вече нас съм бъде което около едно година
        """,
        "sr": """
        и у је да се на за од су са не као о то што а из који би али по до или није бити које ће
        ја како само он више ово јер кад ако ми све га још код када има могу која после између био
        свој те због где мој овај била док њих године нас врло она већ треба
        """,
        "mk": """
        и на во да се за од не со е ќе го што како но тоа ја по беше кој или до има ги сум тој
        само таа дека му сите кога ова која кои нив овој си при ние би може бил преку биде повеќе
        тие меѓу години ако оваа многу нема овие била уште без зошто
        """,
        "be": """
        і ў не на што з як гэта да па але ён за ад у я яго для мы яны пра быў была так або ці якія
        вы таксама каб было пры яна ёсць яшчэ калі быць які іх дзе можа ўжо пад таму вельмі толькі
        гэтага гадоў мне якая ўсе паміж над будзе
        """,
        "kk": """
        және бір бұл мен үшін да де болып деп ол осы бар емес сол оның өз туралы болды болған
        кейін екі біз олар қазақстан қазақ соң жыл барлық ғана керек еді сияқты көп қалай егер
        арқылы дейін бойынша
        """,
        "ar": """
        في من على إلى أن هذا التي عن مع هذه الذي كان ما لا هو بعد قد كما ذلك لم كل بين حيث إن وقد
        أو هي عند حتى كانت غير خلال قبل بعض أي ثم أنه أكثر وفي لكن هناك يمكن عليه منذ له فيها منها
        نحن أنت لقد بها لها يكون وهو تم عام تلك الى ومن يتم ليس وكان وهي
        """,
        "fa": """
        و در به از که این را با است برای آن یک خود تا کرد بر هم نیز گفت می شود وی شد دارد ما اما
        یا شده باید هر آنها بود او دیگر دو مورد بین پیش پس اگر همه بی من چه هیچ کند کنید ها های
        می‌شود نمی شما بعد چون همین سال باشد کار نیست
        """,
        "ur": """
        کے میں کی ہے اور سے کا کو اس کہ نے پر ہیں یہ بھی ایک تھا وہ تو کر ان کیا جو تک ہو لیے اپنے
        کوئی بعد نہیں گیا ہوئے تھے گی گا دیا ساتھ ہم آپ تھی جب کچھ مگر لئے والے ہی اب یا جس ہوں
        رہے کیوں کیسے
        """,
        "hi": """
        के में की है और से का को पर ने कि यह हैं भी एक इस तो ही कर था लिए नहीं वह हो गया जो या साथ
        अपने तक कुछ थे बाद उस वे जा रहा करने कोई किया हम आप दिया अब थी जब तथा क्या द्वारा होता रहे
        सकता उन्हें इसके हुए मैं
        """,
        "mr": """
        आहे आणि या व ते की हे होते तो ही मध्ये एक त्या आहेत नाही होता साठी करण्यात मी असे त्यांनी
        काही म्हणून होती तर पण केली त्याच्या आपल्या केले हा झाले जे आता सर्व किंवा पासून आपण येथे
        त्यांच्या सांगितले वर झाला कसे काय
        """,
        "ne": """
        र छ को मा पनि यो छन् भने हो ले लाई गर्न थियो एक गरेको भएको हुन् तर नेपाल भन्ने गर्ने त्यो
        यस उनले हरू भयो देखि संग सबै के गरे हुने रहेको उनी छैन म तपाईं हामी कुनै बाट आफ्नो गर्दै
        """,
    ]

    /// Letters beside the script's commonest that the language writes.
    static let letters: KeyValuePairs<String, String> = [
        "de": "ßäöü",
        "fr": "çœêèàùëîû",
        "es": "ñ¿¡áéíóú",
        "pt": "ãõçáâêéíóú",
        "it": "àèìòù",
        "sv": "åäö",
        "da": "åæø",
        "no": "åæø",
        "fi": "äö",
        "pl": "ąćęłńśźż",
        "cs": "ěřůčšžýáíé",
        "sk": "ľĺŕôäčšžýáíé",
        "sl": "čšž",
        "hr": "čćđšž",
        "hu": "őűáéíóúöü",
        "ro": "ășțâî",
        "tr": "ğışçöü",
        "vi": "ăâđêôơưạảấầậắằếềệọỏốồộớờợụủứừựỳỵ",
        "et": "õäöü",
        "lv": "āčēģīķļņšūž",
        "lt": "ąčęėįšųūž",
        "ca": "çàèéíòóúï",
        "nl": "ëï",
        "ru": "ыэёъ",
        "uk": "іїєґ",
        "bg": "ъ",
        "sr": "ђјљњћџ",
        "mk": "ѓѕјљњќџ",
        "be": "ўіэы",
        "kk": "әғқңөұүһі",
        "fa": "پچژگکی",
        "ur": "ٹڈڑںےہھ",
        "ar": "ةىأإ",
        "mr": "ळ",
    ]
}
