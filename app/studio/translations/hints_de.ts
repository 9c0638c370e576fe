<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>Hints</name>
    <message>
        <source>first moment of the clip or mesh sequence, seconds</source>
        <translation>erster Zeitpunkt des Clips oder der Netzfolge, Sekunden</translation>
    </message>
    <message>
        <source>last moment, seconds; -1 = to the end</source>
        <translation>letzter Zeitpunkt, Sekunden; -1 = bis zum Ende</translation>
    </message>
    <message>
        <source>resample the video to this rate, 0 = its own frames; of pictures, meshes and .anime, which state none, their own rate, 0 = 24</source>
        <translation>das Video auf diese Bildrate bringen, 0 = seine eigenen Bilder; bei Bildern, Netzen und .anime, die keine nennen, ihre eigene Rate, 0 = 24</translation>
    </message>
    <message>
        <source>keep every step-th frame</source>
        <translation>nur jedes so-und-so-vielte Bild behalten</translation>
    </message>
    <message>
        <source>refuse longer clips; trim with start, end, fps or step</source>
        <translation>längere Clips ablehnen; mit start, end, fps oder step kürzen</translation>
    </message>
    <message>
        <source>a clip with cuts: refuse it and say where they are, or use its longest shot</source>
        <translation>ein Clip mit Schnitten: ablehnen und sagen, wo sie sind, oder die längste Einstellung nehmen</translation>
    </message>
    <message>
        <source>how masks are computed: network = the installed network isnet on keyframes (magicpose4d models), builtin = motion and colours alone, auto = the network if it is installed</source>
        <translation>wie Masken berechnet werden: network = das installierte Netz isnet auf Schlüsselbildern (magicpose4d models), builtin = nur Bewegung und Farben, auto = das Netz, falls es installiert ist</translation>
    </message>
    <message>
        <source>where the subject is when masks are computed, as X,Y in 0..1 of width and height, of the first frame or, as X,Y,FRAME, of that one of the chosen range, from 0; empty = the largest moving thing</source>
        <translation>wo das Objekt ist, wenn Masken berechnet werden, als X,Y in 0..1 von Breite und Höhe des ersten Bildes oder, als X,Y,BILD, dieses Bildes des gewählten Bereichs, ab 0; leer = das größte, das sich bewegt</translation>
    </message>
    <message>
        <source>masks of some frames are enough: those of the others are carried from them by flow and graph cuts</source>
        <translation>Masken einiger Bilder genügen: die der anderen werden von ihnen mit optischem Fluss und Graphschnitten übertragen</translation>
    </message>
    <message>
        <source>body plan; auto tries all and keeps the best; none makes a skeleton from the outline, for whatever no plan fits; still inflates one outline and holds it still, to compare with</source>
        <translation>Bauplan; auto probiert alle und behält den besten; none macht ein Skelett aus dem Umriss, wo kein Plan passt; still bläst einen Umriss auf und hält ihn still, zum Vergleich</translation>
    </message>
    <message>
        <source>category human: the coarse guess also goes by where the installed network pose (magicpose4d models) sees the joints</source>
        <translation>Kategorie human: die grobe Schätzung richtet sich auch danach, wo das installierte Netz pose (magicpose4d models) die Gelenke sieht</translation>
    </message>
    <message>
        <source>surface of the coarse guess: template = the body plan&apos;s capsules; generator = with category human a person made in the fitted pose, as human generate makes them</source>
        <translation>Oberfläche der groben Schätzung: template = die Kapseln des Bauplans; generator = bei Kategorie human eine Person in der gefundenen Pose, wie human generate sie macht</translation>
    </message>
    <message>
        <source>guess-surface generator: what the person is like, in the words of human generate; empty = of a few random people the one that fits best</source>
        <translation>guess-surface generator: wie die Person ist, in den Worten von human generate; leer = von einigen zufälligen Personen die, die am besten passt</translation>
    </message>
    <message>
        <source>iterations of the coarse guess and of phase 1&apos;s free form, times the usual; 0.2 is for a quick look</source>
        <translation>Schritte der groben Schätzung und der freien Form von Phase 1, mal so viele wie sonst; 0.2 für einen schnellen Blick</translation>
    </message>
    <message>
        <source>vertical field of view of the camera, degrees, if you know it</source>
        <translation>senkrechter Bildwinkel der Kamera, Grad, falls Sie ihn kennen</translation>
    </message>
    <message>
        <source>phase 1: refine the coarse guess&apos;s surface freely</source>
        <translation>Phase 1: die Oberfläche der groben Schätzung frei verfeinern</translation>
    </message>
    <message>
        <source>phase 1: hold the surface near the 3D guess by the Chamfer distance; off = only start from it</source>
        <translation>Phase 1: die Oberfläche nach dem Chamfer-Abstand nahe der 3D-Schätzung halten; aus = nur von ihr ausgehen</translation>
    </message>
    <message>
        <source>phases 1 and 2: keep edge lengths where skinning is peaked</source>
        <translation>Phasen 1 und 2: Kantenlängen erhalten, wo ein Knochen die Haut allein bewegt</translation>
    </message>
    <message>
        <source>phases 1 and 2: Chamfer terms for every part beside the whole surface&apos;s; off = the whole surface only</source>
        <translation>Phasen 1 und 2: Chamfer-Terme für jeden Teil neben denen der ganzen Oberfläche; aus = nur die ganze Oberfläche</translation>
    </message>
    <message>
        <source>where phase 1&apos;s free form runs; auto = cuda if there is one</source>
        <translation>wo die freie Form von Phase 1 gerechnet wird; auto = cuda, falls vorhanden</translation>
    </message>
    <message>
        <source>worker threads; 0 = all cores</source>
        <translation>Rechenfäden; 0 = alle Kerne</translation>
    </message>
    <message>
        <source>seed of every random choice; same seed, same result</source>
        <translation>Startwert aller Zufallszahlen; gleicher Wert, gleiches Ergebnis</translation>
    </message>
    <message>
        <source>fit the skeleton; off = keep the coarse guess&apos;s own motion (not with category still)</source>
        <translation>das Skelett anpassen; aus = die Bewegung der groben Schätzung behalten (nicht mit Kategorie still)</translation>
    </message>
    <message>
        <source>phase 2 as MagicPose4D&apos;s authors released it, for comparison: loose bones, hundreds of times slower</source>
        <translation>Phase 2, wie die Autoren von MagicPose4D sie veröffentlicht haben, zum Vergleich: lose Knochen, hunderte Male langsamer</translation>
    </message>
    <message>
        <source>side of the texture painted from the clip&apos;s pictures, pixels; 0 = a colour a vertex instead</source>
        <translation>Seite der Textur, die aus den Bildern des Clips gemalt wird, Pixel; 0 = stattdessen eine Farbe je Punkt</translation>
    </message>
    <message>
        <source>body plan whose skeleton is laid into the mesh; auto tries all, none makes a curve skeleton for any shape</source>
        <translation>Bauplan, dessen Skelett in das Netz gelegt wird; auto probiert alle, none macht aus jeder Form ein Kurvenskelett</translation>
    </message>
    <message>
        <source>cells along the mesh&apos;s longest side; more for thin limbs, at the third power of the time</source>
        <translation>Zellen entlang der längsten Seite des Netzes; mehr für dünne Glieder, die Zeit wächst mit der dritten Potenz</translation>
    </message>
    <message>
        <source>axis that points up; auto prefers y and tries z if that fits badly</source>
        <translation>Achse, die nach oben zeigt; auto bevorzugt y und probiert z, wenn das schlecht passt</translation>
    </message>
    <message>
        <source>way the creature faces, x = either way along x; give it for meshes in the middle of a movement, where left and right are easily swapped</source>
        <translation>wohin das Wesen schaut, x = in eine der beiden Richtungen entlang x; angeben bei Netzen mitten in einer Bewegung, wo links und rechts leicht vertauscht werden</translation>
    </message>
    <message>
        <source>as-filmed: travels as the source, in proportion to the legs; in-place: stays on the spot; ground-locked: feet on the ground hold still, so clips made on the spot travel</source>
        <translation>as-filmed: wandert wie die Quelle, im Verhältnis der Beine; in-place: bleibt auf der Stelle; ground-locked: Füße am Boden stehen still, so dass auf der Stelle gemachte Clips wandern</translation>
    </message>
    <message>
        <source>what moves an animal&apos;s forelegs when the source has two legs: its arms, or, as auto takes for walks, the diagonal leg</source>
        <translation>was die Vorderbeine eines Tieres bewegt, wenn die Quelle zwei Beine hat: ihre Arme oder, wie auto es beim Gehen nimmt, das schräg gegenüberliegende Bein</translation>
    </message>
    <message>
        <source>hold feet where the source&apos;s rest, and out of the ground</source>
        <translation>Füße halten, wo die der Quelle ruhen, und nicht in den Boden lassen</translation>
    </message>
    <message>
        <source>bend legs so that feet go where the source&apos;s go; without, rotations alone are carried over</source>
        <translation>Beine so beugen, dass die Füße dorthin gehen, wohin die der Quelle gehen; ohne das werden nur Drehungen übertragen</translation>
    </message>
    <message>
        <source>dynamic rigidity on the target&apos;s surface: rotations of arms, wings, necks and tails that would stretch it beyond max-strain are reduced</source>
        <translation>dynamische Steifigkeit auf der Oberfläche des Ziels: Drehungen von Armen, Flügeln, Hälsen und Schwänzen, die sie über max-strain hinaus dehnen würden, werden verringert</translation>
    </message>
    <message>
        <source>root mean square change of the lengths of the edges about a joint that is let through, weighted by rigidity; 0.5 = by half</source>
        <translation>mittlere quadratische Längenänderung der Kanten um ein Gelenk, die erlaubt ist, nach Steifigkeit gewichtet; 0.5 = um die Hälfte</translation>
    </message>
    <message>
        <source>add joints of half the rotation where skin blends, which keep the volume of bends and twists; auto: for meshes that are rigged here</source>
        <translation>Gelenke mit halber Drehung einfügen, wo die Haut übergeht; sie erhalten das Volumen bei Beugung und Verdrehung; auto: bei Netzen, die hier ein Skelett bekommen</translation>
    </message>
    <message>
        <source>the transfer of MagicPose4D&apos;s published notebook, for comparison: directions only, no twist, no feet</source>
        <translation>die Übertragung aus dem veröffentlichten Notebook von MagicPose4D, zum Vergleich: nur Richtungen, keine Verdrehung, keine Füße</translation>
    </message>
    <message>
        <source>cut-off in Hz of a filter over the source&apos;s rotations and way (Gaussian without delay; amplitude 0.71 at the cut-off); 0 = none</source>
        <translation>Grenzfrequenz in Hz eines Filters über Drehungen und Weg der Quelle (Gauß ohne Verzögerung; Amplitude 0.71 bei der Grenzfrequenz); 0 = keiner</translation>
    </message>
    <message>
        <source>program that will open the file: sets what the options below leave on auto</source>
        <translation>Programm, das die Datei öffnen wird: bestimmt, was die Optionen darunter bei auto tun</translation>
    </message>
    <message>
        <source>axis that points up in FBX, USD, OBJ, PLY and .anime; auto is z for blender and unreal, else y</source>
        <translation>Achse, die in FBX, USD, OBJ, PLY und .anime nach oben zeigt; auto ist z für blender und unreal, sonst y</translation>
    </message>
    <message>
        <source>what one unit of an FBX, USD or BVH file is; auto is cm for unreal and maya, else m</source>
        <translation>was eine Einheit einer FBX-, USD- oder BVH-Datei ist; auto ist cm für unreal und maya, sonst m</translation>
    </message>
    <message>
        <source>keys a second, on an even grid; 0 leaves them where they are, -1 is 30 for unreal, else 0</source>
        <translation>Schlüssel je Sekunde in gleichen Abständen; 0 lässt sie, wo sie sind, -1 ist 30 für unreal, sonst 0</translation>
    </message>
    <message>
        <source>end every chain of joints in one more that shows where it ends; auto is on for maya</source>
        <translation>jede Gelenkkette mit einem weiteren Gelenk beenden, das zeigt, wo sie endet; auto ist an für maya</translation>
    </message>
    <message>
        <source>FBX: hang joints and mesh below one node; auto is off for unreal, which would make a bone of it</source>
        <translation>FBX: Gelenke und Netz unter einen Knoten hängen; auto ist aus für unreal, das einen Knochen daraus machen würde</translation>
    </message>
    <message>
        <source>joints that may move one vertex, the heaviest are kept; 0 is 4</source>
        <translation>Gelenke, die einen Punkt bewegen dürfen, die schwersten werden behalten; 0 ist 4</translation>
    </message>
    <message>
        <source>FBX: join vertices that only texture seams keep apart; auto is on for blender and maya</source>
        <translation>FBX: Punkte zusammenfügen, die nur Texturnähte trennen; auto ist an für blender und maya</translation>
    </message>
    <message>
        <source>a mesh a frame: replace the meshes of an earlier row of these names, once the new ones are complete</source>
        <translation>ein Netz je Bild: die Netze einer früheren Reihe dieser Namen ersetzen, sobald die neuen vollständig sind</translation>
    </message>
    <message>
        <source>training time; rates and levels of detail are spread over it</source>
        <translation>Dauer des Trainings; Raten und Detailstufen verteilen sich darauf</translation>
    </message>
    <message>
        <source>grid = densities and harmonics; dvgo = densities and a small network; tensorf = planes and lines in place of voxels, and the network: least memory; hexplane = the same with planes of time, for scenes that move; nerf = a network of the place alone, slow, for reference; sdf = distances to surfaces, for meshes</source>
        <translation>grid = Dichten und Kugelfunktionen; dvgo = Dichten und ein kleines Netz; tensorf = Ebenen und Linien statt Voxeln, und das Netz: am wenigsten Speicher; hexplane = dasselbe mit Zeitebenen, für bewegte Szenen; nerf = ein Netz nur des Ortes, langsam, zum Vergleich; sdf = Abstände zu Oberflächen, für Netze</translation>
    </message>
    <message>
        <source>voxels along the longest side; memory grows with its cube (tensorf, hexplane: its square); 0 = 128, and more for boxes that are longer than a room</source>
        <translation>Voxel entlang der längsten Seite; der Speicher wächst mit der dritten Potenz (tensorf, hexplane: mit dem Quadrat); 0 = 128, und mehr bei Räumen, die länger als ein Zimmer sind</translation>
    </message>
    <message>
        <source>shrink pictures to this longer side; 0 = as they are</source>
        <translation>Bilder auf diese längere Seite verkleinern; 0 = wie sie sind</translation>
    </message>
    <message>
        <source>weight of S3IM in the loss, 0 = without; auto = 1 for cameras inside the scene (sdf: 3), 0.1 for cameras round an object</source>
        <translation>Gewicht von S3IM im Verlust, 0 = ohne; auto = 1 bei Kameras in der Szene (sdf: 3), 0.1 bei Kameras um ein Objekt herum</translation>
    </message>
    <message>
        <source>draw the space beyond the box into a shell round it, for streets and skies; auto = if sparse points lie far beyond the others</source>
        <translation>den Raum jenseits des Quaders in eine Schale um ihn ziehen, für Straßen und Himmel; auto = wenn lichte Punkte weit jenseits der übrigen liegen</translation>
    </message>
    <message>
        <source>learn a gain of each colour for every picture, for photos whose exposure or white balance changes</source>
        <translation>für jedes Bild einen Faktor je Farbe lernen, bei Fotos mit wechselnder Belichtung oder wechselndem Weißabgleich</translation>
    </message>
    <message>
        <source>grid, dvgo, sdf: move and turn the cameras along with the field, for poses that are not exact</source>
        <translation>grid, dvgo, sdf: die Kameras mit dem Feld verschieben und drehen, wenn ihre Lagen nicht genau sind</translation>
    </message>
    <message>
        <source>every so many-th picture is held out for evaluation where the scene has no split; 0 = none</source>
        <translation>jedes so-und-so-vielte Bild zur Bewertung zurückhalten, wo die Szene keine Aufteilung hat; 0 = keines</translation>
    </message>
    <message>
        <source>behind everything; auto = white where pictures have alpha, random for cameras inside a room (not sdf and nerf), else black; random keeps objects from being white and rooms from being clear (behind opaque pictures: while the field is coarse, then grey)</source>
        <translation>hinter allem; auto = weiß, wo Bilder Alpha haben, random für Kameras in einem Raum (nicht sdf und nerf), sonst schwarz; random verhindert, dass Objekte weiß und Räume durchsichtig werden (hinter deckenden Bildern: solange das Feld grob ist, dann grau)</translation>
    </message>
    <message>
        <source>box of the content as x0,y0,z0,x1,y1,z1 in the scene&apos;s units; auto = from sparse points, the file, or where the cameras look</source>
        <translation>Quader des Inhalts als x0,y0,z0,x1,y1,z1 in den Einheiten der Szene; auto = aus lichten Punkten, der Datei oder den Blickrichtungen</translation>
    </message>
    <message>
        <source>of the draws of rays</source>
        <translation>der Auswahl der Strahlen</translation>
    </message>
    <message>
        <source>cut off what fewer pictures see, such as the far side of walls; 0 = keep all</source>
        <translation>abschneiden, was weniger Bilder sehen, etwa die Rückseite von Wänden; 0 = alles behalten</translation>
    </message>
    <message>
        <source>simplify to this many triangles; 0 = keep all</source>
        <translation>auf so viele Dreiecke vereinfachen; 0 = alle behalten</translation>
    </message>
</context>
</TS>
