"""Names for made-up people, in five traditions of naming; any likeness is chance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tradition:
    """How a family of made-up people is named.

    Attributes:
        share: Households of this tradition, in a thousand.
        twins: Pairs of names that twins are given, some of them one slip apart.
        patronymic: A child's further names are the father's and grandfather's given names.
        new_year: Persons, in a thousand, who are on record as born on 1 January.
    """

    code: str
    share: int
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    patronymic: bool
    new_year: int


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


ENGLISH = Tradition(
    code="english",
    share=440,
    women=_listed(
        "Mary, Linda, Karen, Susan, Sarah, Emily, Emma, Hannah, Abigail, Ruth, Grace, Alice, "
        "Callie, Allie, Clara, Lara, Mary Elizabeth, Mary Anne, Sarah Jane, Anna, Hanna, "
        "Joan, Jean, Ellen, Helen"
    ),
    men=_listed(
        "James, John, Robert, William, Thomas, David, Daniel, Jacob, Jack, Henry, George, "
        "Owen, Ethan, Caleb, Peter, Mark, Luke, John Paul, James Henry, Eric, Erik, Carl, "
        "Earl, Alan, Allen"
    ),
    families=_listed(
        "Smith, Smyth, Brown, Johnson, Johnston, Clark, Clarke, Davis, Hall, Allen, Young, "
        "King, Wright, Hill, Green, Baker, Carter, O'Brien, McDonald, MacDonald, Stevens, "
        "Stephens, Libby, Hodgdon, Merrill, Pinkham, Staples, Haskell, Grindle, Beal, Alley, "
        "Dunton"
    ),
    twins=(("Emma", "Ella"), ("Jack", "Jake"), ("Callie", "Allie"), ("Peter", "Ruth")),
    patronymic=False,
    new_year=3,
)
FRENCH = Tradition(
    code="french",
    share=250,
    women=_listed(
        "Marie, Marie-Claire, Marie-Ève, Thérèse, Hélène, Renée, Denise, Lucie, Louise, "
        "Jeanne, Joanne, Colette, Giselle, Angélique, Noëlla, Cécile, Aurore, Léona"
    ),
    men=_listed(
        "Jean, Jean-Luc, Jean-Paul, Pierre, René, André, Gérard, Marcel, Normand, Réginald, "
        "Camille, Luc, Guy, Benoît, Étienne, Rosaire, Laurier, Rhéal"
    ),
    families=_listed(
        "Thibodeau, Thibodeaux, Arsenault, Arseneault, Pelletier, Ouellette, Michaud, Cyr, "
        "Daigle, Dubé, LeBlanc, Le Blanc, Saint-Pierre, St-Pierre, St. Amand, Lévesque, "
        "Bélanger, Gagnon, D'Amours, Robichaud, Thériault, Cormier, Hébert, La Pointe, "
        "Lapointe, de la Tour"
    ),
    twins=(("Marie", "Maria"), ("Jean", "Jeanne"), ("Luc", "Lucie"), ("André", "Colette")),
    patronymic=False,
    new_year=3,
)
SOMALI = Tradition(
    code="somali",
    share=130,
    women=_listed(
        "Caasha, Aisha, Faadumo, Fatuma, Xaliimo, Halima, Xaawo, Hawa, Khadiijo, Khadija, "
        "Sahra, Zahra, Saynab, Zainab, Nimco, Nimo, Sacdiyo, Sadia, Hodan, Ifrah, Ladan, "
        "Hibaaq, Ayaan, Deeqa, Maryan, Maryam, Amina, Aamina"
    ),
    men=_listed(
        "Maxamed, Mohamed, Mohammed, Cali, Ali, Xasan, Hassan, Xuseen, Hussein, Axmed, Ahmed, "
        "Cabdi, Abdi, Cabdullaahi, Abdullahi, Cabdiraxmaan, Abdirahman, Cumar, Omar, Cismaan, "
        "Osman, Yuusuf, Yusuf, Jaamac, Jama, Ciise, Isse, Muuse, Musa, Nuur, Nur, Faarax, "
        "Farah, Warsame, Guuleed"
    ),
    families=(),
    twins=(("Xasan", "Xuseen"), ("Hassan", "Hussein"), ("Hodan", "Ladan"), ("Cali", "Ayaan")),
    patronymic=True,
    new_year=250,
)
ARABIC = Tradition(
    code="arabic",
    share=80,
    women=_listed(
        "Fatima, Aisha, Maryam, Zaynab, Zainab, Noor, Huda, Rania, Layla, Leila, Salma, "
        "Samira, Amal, Iman, Yasmin, Hanan, Reem, Dalia"
    ),
    men=_listed(
        "Mohammed, Muhammad, Ahmad, Ahmed, Ali, Hasan, Hussein, Omar, Khalid, Khaled, Yousef, "
        "Yusuf, Ibrahim, Mustafa, Abd al-Rahman, Abdulrahman, Saleh, Salah, Mahmoud, Karim, "
        "Tariq, Bilal"
    ),
    families=_listed(
        "al-Hashimi, Al Hashimi, al-Tamimi, El Amin, Elamin, Haddad, Khoury, Mansour, bin "
        "Saleh, ibn Yusuf, al-Jabouri, Nasser, Othman, Uthman, Idris, as-Samarrai"
    ),
    twins=(("Hasan", "Hussein"), ("Noor", "Nura"), ("Layla", "Bilal")),
    patronymic=False,
    new_year=200,
)
PORTUGUESE = Tradition(
    code="portuguese",
    share=100,
    women=_listed(
        "Maria, Maria Luísa, Maria Fernanda, Luzia, Teresa, Ana, Ana Paula, Isabel, "
        "Esperança, Conceição, Graça, Domingas, Joaquina, Antónia, Filomena, Marta"
    ),
    men=_listed(
        "João, José, Manuel, Manoel, António, Domingos, Pedro, Paulo, Tiago, Thiago, Luís, "
        "Luiz, Mateus, Joaquim, Simão, Adão, Nelson, Afonso"
    ),
    families=_listed(
        "dos Santos, da Silva, Silva, de Sousa, Souza, Neto, Fernandes, Mendes, António, "
        "Domingos, da Costa, Kiala, Mbala, Nsimba, Lukau, Makiese, Ferreira, Gonçalves, "
        "Sebastião"
    ),
    twins=(
        ("Maria", "Mario"),
        ("Nsimba", "Nzuzi"),
        ("Maria Luísa", "Maria Fernanda"),
        ("João", "Joana"),
    ),
    patronymic=False,
    new_year=60,
)
TRADITIONS = (ENGLISH, FRENCH, SOMALI, ARABIC, PORTUGUESE)
