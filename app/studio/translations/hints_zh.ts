<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Hints</name>
    <message>
        <source>first moment of the clip or mesh sequence, seconds</source>
        <translation>片段或网格序列的起始时刻，秒</translation>
    </message>
    <message>
        <source>last moment, seconds; -1 = to the end</source>
        <translation>结束时刻，秒；-1 = 到结尾</translation>
    </message>
    <message>
        <source>resample the video to this rate, 0 = its own frames; of pictures, meshes and .anime, which state none, their own rate, 0 = 24</source>
        <translation>按此帧率重新采样视频，0 = 原有帧；图片、网格和 .anime 不含帧率，此处即其帧率，0 = 24</translation>
    </message>
    <message>
        <source>keep every step-th frame</source>
        <translation>每隔若干帧取一帧</translation>
    </message>
    <message>
        <source>refuse longer clips; trim with start, end, fps or step</source>
        <translation>拒绝更长的片段；用 start、end、fps 或 step 截短</translation>
    </message>
    <message>
        <source>a clip with cuts: refuse it and say where they are, or use its longest shot</source>
        <translation>片段含有剪切时：拒绝并指出位置，或使用最长的镜头</translation>
    </message>
    <message>
        <source>how masks are computed: network = the installed network isnet on keyframes (magicpose4d models), builtin = motion and colours alone, auto = the network if it is installed</source>
        <translation>如何计算蒙版：network = 在关键帧上使用已安装的 isnet 网络（magicpose4d models），builtin = 仅用运动和颜色，auto = 网络已安装则用网络</translation>
    </message>
    <message>
        <source>where the subject is when masks are computed, as X,Y in 0..1 of width and height, of the first frame or, as X,Y,FRAME, of that one of the chosen range, from 0; empty = the largest moving thing</source>
        <translation>计算蒙版时主体的位置，格式 X,Y，取第一帧宽和高的 0..1；或 X,Y,帧号，指所选范围内从 0 起的那一帧；空 = 最大的运动物体</translation>
    </message>
    <message>
        <source>masks of some frames are enough: those of the others are carried from them by flow and graph cuts</source>
        <translation>只需部分帧的蒙版：其余帧由光流和图割从它们推出</translation>
    </message>
    <message>
        <source>body plan; auto tries all and keeps the best; none makes a skeleton from the outline, for whatever no plan fits; still inflates one outline and holds it still, to compare with</source>
        <translation>体型；auto 全部尝试并保留最好的；none 由轮廓生成骨架，用于无合适体型者；still 将一个轮廓充成立体并保持不动，用于比较</translation>
    </message>
    <message>
        <source>category human: the coarse guess also goes by where the installed network pose (magicpose4d models) sees the joints</source>
        <translation>类别 human：初猜也参考已安装的 pose 网络（magicpose4d models）看到的关节位置</translation>
    </message>
    <message>
        <source>surface of the coarse guess: template = the body plan&apos;s capsules; generator = with category human a person made in the fitted pose, as human generate makes them</source>
        <translation>初猜的表面：template = 体型的胶囊；generator = 类别为 human 时，按拟合姿势生成的人，同 human generate</translation>
    </message>
    <message>
        <source>guess-surface generator: what the person is like, in the words of human generate; empty = of a few random people the one that fits best</source>
        <translation>guess-surface generator：人物的样子，用 human generate 的词语；空 = 在几个随机人物中取最吻合的</translation>
    </message>
    <message>
        <source>iterations of the coarse guess and of phase 1&apos;s free form, times the usual; 0.2 is for a quick look</source>
        <translation>初猜与阶段 1 自由形变的迭代次数，为通常的倍数；0.2 用于快速预览</translation>
    </message>
    <message>
        <source>vertical field of view of the camera, degrees, if you know it</source>
        <translation>相机的垂直视角，度，若已知</translation>
    </message>
    <message>
        <source>phase 1: refine the coarse guess&apos;s surface freely</source>
        <translation>阶段 1：自由细化初猜的表面</translation>
    </message>
    <message>
        <source>phase 1: hold the surface near the 3D guess by the Chamfer distance; off = only start from it</source>
        <translation>阶段 1：以 Chamfer 距离使表面贴近三维初猜；关 = 仅从初猜开始</translation>
    </message>
    <message>
        <source>phases 1 and 2: keep edge lengths where skinning is peaked</source>
        <translation>阶段 1 和 2：蒙皮权重集中处保持边长</translation>
    </message>
    <message>
        <source>phases 1 and 2: Chamfer terms for every part beside the whole surface&apos;s; off = the whole surface only</source>
        <translation>阶段 1 和 2：除整个表面外，每个部分也有 Chamfer 项；关 = 只有整个表面</translation>
    </message>
    <message>
        <source>where phase 1&apos;s free form runs; auto = cuda if there is one</source>
        <translation>阶段 1 自由形变在何处计算；auto = 有 cuda 则用之</translation>
    </message>
    <message>
        <source>worker threads; 0 = all cores</source>
        <translation>工作线程数；0 = 所有核心</translation>
    </message>
    <message>
        <source>seed of every random choice; same seed, same result</source>
        <translation>所有随机数的种子；种子相同则结果相同</translation>
    </message>
    <message>
        <source>fit the skeleton; off = keep the coarse guess&apos;s own motion (not with category still)</source>
        <translation>拟合骨架；关 = 保留初猜自身的运动（类别 still 不可用）</translation>
    </message>
    <message>
        <source>phase 2 as MagicPose4D&apos;s authors released it, for comparison: loose bones, hundreds of times slower</source>
        <translation>MagicPose4D 作者发布的阶段 2，用于比较：骨骼互不相连，慢数百倍</translation>
    </message>
    <message>
        <source>side of the texture painted from the clip&apos;s pictures, pixels; 0 = a colour a vertex instead</source>
        <translation>由片段画面绘制的纹理边长，像素；0 = 改为每个顶点一种颜色</translation>
    </message>
    <message>
        <source>body plan whose skeleton is laid into the mesh; auto tries all, none makes a curve skeleton for any shape</source>
        <translation>其骨架放入网格的体型；auto 全部尝试，none 为任意形状生成曲线骨架</translation>
    </message>
    <message>
        <source>cells along the mesh&apos;s longest side; more for thin limbs, at the third power of the time</source>
        <translation>网格最长边上的格数；肢体细时取大些，时间按三次方增长</translation>
    </message>
    <message>
        <source>axis that points up; auto prefers y and tries z if that fits badly</source>
        <translation>朝上的轴；auto 优先 y，若不吻合则尝试 z</translation>
    </message>
    <message>
        <source>way the creature faces, x = either way along x; give it for meshes in the middle of a movement, where left and right are easily swapped</source>
        <translation>生物的朝向，x = 沿 x 的任一方向；网格处于运动中间时请指定，否则左右容易弄反</translation>
    </message>
    <message>
        <source>as-filmed: travels as the source, in proportion to the legs; in-place: stays on the spot; ground-locked: feet on the ground hold still, so clips made on the spot travel</source>
        <translation>as-filmed：按腿长比例随源移动；in-place：原地不动；ground-locked：着地的脚不动，因此原地制作的片段也会前进</translation>
    </message>
    <message>
        <source>what moves an animal&apos;s forelegs when the source has two legs: its arms, or, as auto takes for walks, the diagonal leg</source>
        <translation>源只有两条腿时，动物前腿由什么驱动：手臂，或（行走时 auto 的选择）对角的腿</translation>
    </message>
    <message>
        <source>hold feet where the source&apos;s rest, and out of the ground</source>
        <translation>源的脚静止处固定脚，且不入地</translation>
    </message>
    <message>
        <source>bend legs so that feet go where the source&apos;s go; without, rotations alone are carried over</source>
        <translation>弯曲腿部使脚到达源的脚所到之处；否则只传递旋转</translation>
    </message>
    <message>
        <source>dynamic rigidity on the target&apos;s surface: rotations of arms, wings, necks and tails that would stretch it beyond max-strain are reduced</source>
        <translation>目标表面的动态刚性：若手臂、翅膀、颈和尾的旋转使表面拉伸超过 max-strain，则减小旋转</translation>
    </message>
    <message>
        <source>root mean square change of the lengths of the edges about a joint that is let through, weighted by rigidity; 0.5 = by half</source>
        <translation>关节周围边长变化的允许均方根值，按刚性加权；0.5 = 一半</translation>
    </message>
    <message>
        <source>add joints of half the rotation where skin blends, which keep the volume of bends and twists; auto: for meshes that are rigged here</source>
        <translation>在蒙皮过渡处加入转一半的关节，弯曲和扭转时保持体积；auto：用于在此绑定的网格</translation>
    </message>
    <message>
        <source>the transfer of MagicPose4D&apos;s published notebook, for comparison: directions only, no twist, no feet</source>
        <translation>MagicPose4D 已发布笔记本中的迁移方法，用于比较：只有方向，没有扭转和脚</translation>
    </message>
    <message>
        <source>cut-off in Hz of a filter over the source&apos;s rotations and way (Gaussian without delay; amplitude 0.71 at the cut-off); 0 = none</source>
        <translation>对源的旋转和路径滤波的截止频率，Hz（无延迟高斯；截止处振幅 0.71）；0 = 不滤波</translation>
    </message>
    <message>
        <source>program that will open the file: sets what the options below leave on auto</source>
        <translation>将打开文件的程序：决定以下选项取 auto 时的值</translation>
    </message>
    <message>
        <source>axis that points up in FBX, USD, OBJ, PLY and .anime; auto is z for blender and unreal, else y</source>
        <translation>FBX、USD、OBJ、PLY 和 .anime 中朝上的轴；auto 对 blender 和 unreal 为 z，否则为 y</translation>
    </message>
    <message>
        <source>what one unit of an FBX, USD or BVH file is; auto is cm for unreal and maya, else m</source>
        <translation>FBX、USD 或 BVH 文件的一个单位；auto 对 unreal 和 maya 为 cm，否则为 m</translation>
    </message>
    <message>
        <source>keys a second, on an even grid; 0 leaves them where they are, -1 is 30 for unreal, else 0</source>
        <translation>每秒关键帧数，等间隔；0 保持原位，-1 对 unreal 为 30，否则为 0</translation>
    </message>
    <message>
        <source>end every chain of joints in one more that shows where it ends; auto is on for maya</source>
        <translation>每条关节链末端再加一个关节表示终点；auto 对 maya 为开</translation>
    </message>
    <message>
        <source>FBX: hang joints and mesh below one node; auto is off for unreal, which would make a bone of it</source>
        <translation>FBX：把关节和网格挂在一个节点下；auto 对 unreal 为关，否则它会变成骨骼</translation>
    </message>
    <message>
        <source>joints that may move one vertex, the heaviest are kept; 0 is 4</source>
        <translation>可驱动一个顶点的关节数，保留权重最大的；0 为 4</translation>
    </message>
    <message>
        <source>FBX: join vertices that only texture seams keep apart; auto is on for blender and maya</source>
        <translation>FBX：合并仅因纹理接缝而分开的顶点；auto 对 blender 和 maya 为开</translation>
    </message>
    <message>
        <source>a mesh a frame: replace the meshes of an earlier row of these names, once the new ones are complete</source>
        <translation>每帧一个网格：新网格全部完成后，替换同名的旧网格序列</translation>
    </message>
    <message>
        <source>training time; rates and levels of detail are spread over it</source>
        <translation>训练时间；学习率和细节层次在其间分布</translation>
    </message>
    <message>
        <source>grid = densities and harmonics; dvgo = densities and a small network; tensorf = planes and lines in place of voxels, and the network: least memory; hexplane = the same with planes of time, for scenes that move; nerf = a network of the place alone, slow, for reference; sdf = distances to surfaces, for meshes</source>
        <translation>grid = 密度与球谐；dvgo = 密度与小网络；tensorf = 以平面和直线代替体素加网络：内存最少；hexplane = 同上加时间平面，用于运动场景；nerf = 仅位置的网络，慢，供参考；sdf = 到表面的距离，用于网格</translation>
    </message>
    <message>
        <source>voxels along the longest side; memory grows with its cube (tensorf, hexplane: its square); 0 = 128, and more for boxes that are longer than a room</source>
        <translation>最长边上的体素数；内存按三次方增长（tensorf、hexplane：平方）；0 = 128，空间比房间更长时更多</translation>
    </message>
    <message>
        <source>shrink pictures to this longer side; 0 = as they are</source>
        <translation>把图片缩到此长边；0 = 原样</translation>
    </message>
    <message>
        <source>weight of S3IM in the loss, 0 = without; auto = 1 for cameras inside the scene (sdf: 3), 0.1 for cameras round an object</source>
        <translation>损失中 S3IM 的权重，0 = 不用；auto = 相机在场景内为 1（sdf：3），围绕物体为 0.1</translation>
    </message>
    <message>
        <source>draw the space beyond the box into a shell round it, for streets and skies; auto = if sparse points lie far beyond the others</source>
        <translation>把盒外空间收缩到其外壳中，用于街道和天空；auto = 稀疏点远离其余点时</translation>
    </message>
    <message>
        <source>learn a gain of each colour for every picture, for photos whose exposure or white balance changes</source>
        <translation>为每张图片学习各颜色的增益，用于曝光或白平衡变化的照片</translation>
    </message>
    <message>
        <source>grid, dvgo, sdf: move and turn the cameras along with the field, for poses that are not exact</source>
        <translation>grid、dvgo、sdf：位姿不精确时，随场一起移动和转动相机</translation>
    </message>
    <message>
        <source>every so many-th picture is held out for evaluation where the scene has no split; 0 = none</source>
        <translation>场景未划分时，每隔若干张图片留作评估；0 = 不留</translation>
    </message>
    <message>
        <source>behind everything; auto = white where pictures have alpha, random for cameras inside a room (not sdf and nerf), else black; random keeps objects from being white and rooms from being clear (behind opaque pictures: while the field is coarse, then grey)</source>
        <translation>最后面的背景；auto = 图片含 alpha 时为白，相机在房间内时为 random（sdf 和 nerf 除外），否则为黑；random 防止物体变白、房间变透明（图片不透明时：场较粗时随机，之后为灰）</translation>
    </message>
    <message>
        <source>box of the content as x0,y0,z0,x1,y1,z1 in the scene&apos;s units; auto = from sparse points, the file, or where the cameras look</source>
        <translation>内容的包围盒 x0,y0,z0,x1,y1,z1，场景单位；auto = 由稀疏点、文件或相机视向得出</translation>
    </message>
    <message>
        <source>of the draws of rays</source>
        <translation>抽取光线的种子</translation>
    </message>
    <message>
        <source>cut off what fewer pictures see, such as the far side of walls; 0 = keep all</source>
        <translation>剪掉可见图片更少的部分，如墙的背面；0 = 全部保留</translation>
    </message>
    <message>
        <source>simplify to this many triangles; 0 = keep all</source>
        <translation>简化到这么多三角面；0 = 全部保留</translation>
    </message>
</context>
</TS>
