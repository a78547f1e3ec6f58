"""Names of people from the places where the demo's tenants work, in the scripts of those places.

Where a script is not Latin, an entry reads `native|romanised`: the e-mail address is made of the
second, and the directory shows both, so that colleagues find each other.
"""

import re
import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class FullName:
    """A name as its owner writes it, as the directory shows it, and as an address is made of it."""

    given: str
    family: str
    shown: str
    mailbox: str


@dataclass(frozen=True)
class Culture:
    """Given and family names that go together; `family_first` says how they are spoken."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    family_first: bool = False
    second_family: bool = False
    declines: bool = False

    def name(self, chance: Random) -> FullName:
        """One of these names."""
        given, plain_given = _written(chance.choice(self.given))
        family, plain_family = _written(chance.choice(self.family))
        if self.second_family:
            other = chance.choice(self.family)
            if other != family and chance.random() < 0.45:
                family = f"{family} {other}"
        if self.declines and given.endswith("a"):
            family = plain_family = DECLINED.sub("ka", family)
        if (given == plain_given) != (family == plain_family):
            given, family = plain_given, plain_family
        is_native = given != plain_given
        is_turned = self.family_first and is_native
        shown = f"{family} {given}" if is_turned else f"{given} {family}"
        if is_native:
            shown = f"{shown} ({plain_given} {plain_family})"
        return FullName(given, family, shown, mailbox(plain_given, plain_family))


def mailbox(given: str, family: str) -> str:
    """The part of an e-mail address before the at sign."""
    return f"{_plain(given)}.{_plain(family)}"


def _written(entry: str) -> tuple[str, str]:
    native, _, romanised = entry.partition("|")
    return native, romanised or native


def _plain(text: str) -> str:
    spelled = text.translate(SPELLED)
    bare = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return "".join(each for each in bare.lower() if each.isalnum())


DECLINED = re.compile(r"(?<=[sc])ki$")
"""The family names of which Polish women bear another form."""

SPELLED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "ı": "i"}
)


def _names(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


CULTURES: dict[str, Culture] = {
    "nl": Culture(
        _names(
            "Anouk, Bram, Daan, Eline, Femke, Gijs, Hanneke, Jasper, Joost, Koen, Lieke,"
            "Maartje, Niels, Noor, Pieter, Roos, Ruben, Sanne, Sjoerd, Tess, Thijs, Wouter,"
            "Yfke, Zoë"
        ),
        _names(
            "Bakker, Bos, de Boer, de Graaf, de Jong, Dekker, Dijkstra, Hendriks, Hoekstra,"
            "Jansen, Kuipers, Mulder, Peeters, Postma, Schouten, Smit, van Beek,"
            "van den Berg, van der Meer, van Dijk, van Leeuwen, Verhoeven, Visser, Vos,"
            "Willems, Wolters"
        ),
    ),
    "de": Culture(
        _names(
            "Aylin, Björn, Carla, Daniel, Emre, Felix, Franziska, Greta, Hannes, Ida, Jonas,"
            "Jürgen, Katrin, Lena, Lukas, Maren, Mehmet, Moritz, Nadine, Paul, Sabine, Sören,"
            "Theresa, Uwe"
        ),
        _names(
            "Albrecht, Becker, Böhm, Demir, Fischer, Friedrich, Groß, Hahn, Hoffmann, Jäger,"
            "Kaya, Keller, Köhler, Krüger, Lorenz, Möller, Neumann, Öztürk, Petersen,"
            "Richter, Schäfer, Schröder, Vogel, Weiß, Winkler, Zimmermann"
        ),
    ),
    "pl": Culture(
        _names(
            "Agnieszka, Aleksandra, Bartosz, Dorota, Ewa, Grzegorz, Iwona, Jacek, Jakub,"
            "Joanna, Kamil, Karolina, Łukasz, Magdalena, Marcin, Michał, Monika, Paweł,"
            "Piotr, Szymon, Tomasz, Wojciech, Zofia, Żaneta"
        ),
        _names(
            "Adamczyk, Dąbrowski, Głowacki, Górski, Jabłoński, Jankowski, Kaczmarek,"
            "Kamiński, Kowalczyk, Krawczyk, Lewandowicz, Mazur, Michalak, Nowak, Nowicki,"
            "Pawłowicz, Pietrzak, Sikora, Stępień, Szulc, Walczak, Wieczorek, Wójcik, Wróbel,"
            "Zając, Żak"
        ),
        declines=True,
    ),
    "es": Culture(
        _names(
            "Aitana, Alba, Álvaro, Andrés, Begoña, Carmen, Diego, Elena, Íñigo, Irene,"
            "Javier, Jordi, Laia, Lola, Marc, Marta, Martín, Mónica, Nerea, Núria, Óscar,"
            "Pablo, Sergio, Sofía"
        ),
        _names(
            "Álvarez, Benítez, Blasco, Cano, Castro, Domènech, Echeverría, Esteban, Ferrer,"
            "García, Gimeno, Gómez, Ibáñez, Lacasa, Lozano, Marín, Muñoz, Navarro, Núñez,"
            "Ortiz, Peña, Puig, Rubio, Sánchez, Soler, Vázquez"
        ),
        second_family=True,
    ),
    "pt": Culture(
        _names(
            "Afonso, Beatriz, Bruno, Catarina, Cláudia, Diogo, Duarte, Fábio, Filipa,"
            "Gonçalo, Inês, João, Leonor, Luís, Mafalda, Margarida, Miguel, Nuno, Patrícia,"
            "Rita, Rui, Tiago, Vasco"
        ),
        _names(
            "Almeida, Antunes, Araújo, Azevedo, Barbosa, Brandão, Carvalho, Conceição,"
            "Correia, Esteves, Fonseca, Guimarães, Leitão, Magalhães, Monteiro, Moura, Neves,"
            "Pinto, Queirós, Ribeiro, Sampaio, Simões, Tavares, Teixeira"
        ),
    ),
    "br": Culture(
        _names(
            "Aline, Antônio, Bianca, Caio, Camila, Cauê, Débora, Eduardo, Fernanda, Gabriel,"
            "Heloísa, Iara, José, Juliana, Larissa, Letícia, Luiz, Márcio, Otávio, Renata,"
            "Thaís, Vinícius"
        ),
        _names(
            "Alves, Andrade, Assunção, Batista, Cardoso, Cavalcanti, Costa, da Silva, Dias,"
            "Farias, Freitas, Gonçalves, Lima, Macedo, Melo, Nascimento, Pacheco, Ramos,"
            "Rocha, Santana, Souza, Vieira"
        ),
    ),
    "gb": Culture(
        _names(
            "Aisha, Alistair, Bethan, Callum, Charlotte, Dev, Eleanor, Femi, George, Harriet,"
            "Imran, Isla, Jack, Keira, Liam, Maisie, Niamh, Oliver, Priya, Rhys, Ruby,"
            "Samuel, Tilda, Zara"
        ),
        _names(
            "Adeyemi, Ashworth, Begum, Booth, Campbell, Carter, Clarke, Davies, Ellis,"
            "Fletcher, Gallagher, Harding, Hughes, Khan, Lloyd, MacLeod, Marsh, Nowell,"
            "O’Connor, Patel, Pryce, Shaw, Thornton, Walker, Whitfield, Wright"
        ),
    ),
    "us": Culture(
        _names(
            "Aaliyah, Andre, Brooke, Carlos, Chelsea, DeShawn, Emily, Ethan, Gabriela, Grace,"
            "Hunter, Jasmine, Jordan, Kayla, Lamar, Madison, Marcus, Miguel, Natalie, Noah,"
            "Rosa, Tyler"
        ),
        _names(
            "Anderson, Brooks, Coleman, Cruz, Edwards, Foster, Freeman, Gonzalez, Harris,"
            "Hayes, Jefferson, Johnson, Kim, Lee, Lopez, Mitchell, Nguyen, Parker, Ramirez,"
            "Reed, Robinson, Sullivan, Washington, Young"
        ),
    ),
    "in": Culture(
        _names(
            "Aarav, Aditi, Ananya, Arjun, Deepa, Farhan, Gauri, Harsh, Isha, Karthik, Kavya,"
            "Lakshmi, Manish, Meera, Nikhil, Pooja, Pranav, Rahul, Ritu, Rohan, Sneha, Tanvi,"
            "Vikram, Yash"
        ),
        _names(
            "Agarwal, Banerjee, Bhat, Chavan, Deshmukh, Deshpande, Ghosh, Gokhale, Gupta,"
            "Iyer, Jadhav, Joshi, Kulkarni, Mehta, Menon, Naik, Nair, Pawar, Rao, Reddy,"
            "Sharma, Shinde, Singh, Verma"
        ),
    ),
    "jp": Culture(
        _names(
            "美咲|Misaki, 陽菜|Hina, 大輔|Daisuke, 健太|Kenta, 直子|Naoko, 翔太|Shota, 由美|Yumi,"
            "拓也|Takuya, 彩香|Ayaka, 誠|Makoto, 恵|Megumi, 涼|Ryo, 真理子|Mariko, 和也|Kazuya"
        ),
        _names(
            "佐藤|Sato, 鈴木|Suzuki, 高橋|Takahashi, 田中|Tanaka, 渡辺|Watanabe,"
            "伊藤|Ito, 山本|Yamamoto,"
            "中村|Nakamura, 小林|Kobayashi, 加藤|Kato, 吉田|Yoshida,"
            "松本|Matsumoto, 清水|Shimizu, 森|Mori"
        ),
        family_first=True,
    ),
    "gr": Culture(
        _names(
            "Αλέξανδρος|Alexandros, Βασιλική|Vasiliki, Γιώργος|Giorgos, Δήμητρα|Dimitra,"
            "Ελένη|Eleni, Ιωάννα|Ioanna, Κώστας|Kostas, Μαρία|Maria, Νίκος|Nikos,"
            "Σοφία|Sofia, Χρήστος|Christos, Κατερίνα|Katerina"
        ),
        _names(
            "Αθανασίου|Athanasiou, Γεωργίου|Georgiou, Οικονόμου|Oikonomou,"
            "Ιωάννου|Ioannou, Νικολάου|Nikolaou, Βασιλείου|Vasileiou, Αντωνίου|Antoniou,"
            "Δημητρίου|Dimitriou, Λάμπρου|Lamprou, Ζαχαρίου|Zachariou"
        ),
    ),
    "ae": Culture(
        _names(
            "أحمد|Ahmed, فاطمة|Fatima, خالد|Khalid, مريم|Mariam, سارة|Sara, عمر|Omar,"
            "ليلى|Layla, يوسف|Yousef, نورة|Noura, راشد|Rashid, هدى|Huda, طارق|Tariq"
        ),
        _names(
            "المنصوري|Al Mansoori, الهاشمي|Al Hashimi, حداد|Haddad, خوري|Khoury,"
            "الشامسي|Al Shamsi, نجار|Najjar, عثمان|Othman, الكعبي|Al Kaabi, صالح|Saleh,"
            "درويش|Darwish"
        ),
    ),
    "sg": Culture(
        _names(
            "伟明|Wei Ming, 佳慧|Jia Hui, 俊杰|Jun Jie, 美玲|Mei Ling,"
            "志强|Zhi Qiang, 欣怡|Xin Yi, Siti,"
            "Hafiz, Nurul, Ravi, Shanthi, Darren, Cheryl, Kelvin"
        ),
        _names("陈|Tan, 林|Lim, 黄|Ng, 李|Lee, 王|Ong, 吴|Goh, 蔡|Chua, 郑|Teo, 张|Teoh, 许|Koh"),
        family_first=True,
    ),
    "ua": Culture(
        _names(
            "Олена|Olena, Андрій|Andrii, Ірина|Iryna, Максим|Maksym, Наталія|Nataliia,"
            "Тарас|Taras, Юлія|Yuliia, Богдан|Bohdan"
        ),
        _names(
            "Шевчук|Shevchuk, Коваленко|Kovalenko, Бондар|Bondar, Мельник|Melnyk,"
            "Ткаченко|Tkachenko, Кравець|Kravets, Савчук|Savchuk, Гончар|Honchar"
        ),
    ),
    "ca": Culture(
        _names(
            "Aidan, Amélie, Ava, Bridget, Cameron, Chidi, Claire, Colm, Danica, Élise,"
            "Finlay, Grace, Heather, Isabelle, Jacob, Kwame, Lachlan, Liliana, Marcel, Mei,"
            "Nadia, Owen, Rania, Rowan, Samir, Sylvie, Tamsin, Théo, Violet, Yusuf"
        ),
        _names(
            "Arsenault, Boudreau, Cameron, Chisholm, Comeau, Cormier, Doucet, Fraser,"
            "Gallant, Haddad, Khoury, LeBlanc, MacDonald, MacIsaac, MacNeil, Marshall,"
            "Murphy, Nwosu, Okafor, Paul, Reyes, Robichaud, Santos, Singh, Sutherland,"
            "Sylliboy, Thibodeau, Wong, Zhang"
        ),
    ),
}
